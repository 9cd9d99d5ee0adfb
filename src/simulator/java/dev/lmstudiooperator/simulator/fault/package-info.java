/** Faults that tests enable. */
@NullMarked
package dev.lmstudiooperator.simulator.fault;

import org.jspecify.annotations.NullMarked;
