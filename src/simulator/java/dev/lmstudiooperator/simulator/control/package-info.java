/** The endpoint through which tests move the clock, evict models and enable faults. */
@NullMarked
package dev.lmstudiooperator.simulator.control;

import org.jspecify.annotations.NullMarked;
