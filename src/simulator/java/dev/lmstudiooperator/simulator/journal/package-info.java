/** The record of every call and of everything that happened without one. */
@NullMarked
package dev.lmstudiooperator.simulator.journal;

import org.jspecify.annotations.NullMarked;
