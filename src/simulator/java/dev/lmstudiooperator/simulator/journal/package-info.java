/** The record of all calls, and of effects without a call. */
@NullMarked
package dev.lmstudiooperator.simulator.journal;

import org.jspecify.annotations.NullMarked;
