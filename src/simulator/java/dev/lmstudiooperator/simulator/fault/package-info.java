/** Misbehaviour that tests switch on. */
@NullMarked
package dev.lmstudiooperator.simulator.fault;

import org.jspecify.annotations.NullMarked;
