/** The endpoint through which tests move the clock, evict models and switch faults on. */
@NullMarked
package dev.lmstudiooperator.simulator.control;

import org.jspecify.annotations.NullMarked;
