/** A stand-in for LM Studio: one process with the state, the HTTP endpoints, and an {@code lms} in front of it. */
@NullMarked
package dev.lmstudiooperator.simulator;

import org.jspecify.annotations.NullMarked;
