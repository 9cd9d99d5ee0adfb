/** Scheduling of ManagedModels to nodes: the scheduler, its filters and scorers, and their input and result. */
@NullMarked
package dev.lmstudiooperator.controller.scheduling;

import org.jspecify.annotations.NullMarked;
