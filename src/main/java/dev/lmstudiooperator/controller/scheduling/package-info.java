/**
 * Scheduling of ManagedModels to nodes: the scheduler with its filters and scorers, and the binder, which gathers its
 * input and counts its decisions.
 */
@NullMarked
package dev.lmstudiooperator.controller.scheduling;

import org.jspecify.annotations.NullMarked;
