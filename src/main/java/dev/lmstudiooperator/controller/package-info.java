/**
 * The controller of the cluster: its composition, and the reconcilers that schedule ManagedModels and handle lost
 * agents. Only the leader runs it.
 */
@NullMarked
package dev.lmstudiooperator.controller;

import org.jspecify.annotations.NullMarked;
