/** A simulator of LM Studio: one process with the state and the HTTP endpoints, and an executable {@code lms}. */
@NullMarked
package dev.lmstudiooperator.simulator;

import org.jspecify.annotations.NullMarked;
