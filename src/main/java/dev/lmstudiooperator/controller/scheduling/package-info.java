/** Chooses the node of each ManagedModel. */
@NullMarked
package dev.lmstudiooperator.controller.scheduling;

import org.jspecify.annotations.NullMarked;
