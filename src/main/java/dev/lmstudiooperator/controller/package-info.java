/**
 * The controller of the cluster: reconcilers that schedule ManagedModels and handle lost agents, with their caches,
 * watches and event sources. Only the leader runs it.
 */
@NullMarked
package dev.lmstudiooperator.controller;

import org.jspecify.annotations.NullMarked;
