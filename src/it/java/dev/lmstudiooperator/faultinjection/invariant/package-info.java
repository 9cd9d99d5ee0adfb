/**
 * The invariants of the fault-injection suite, one class each. They are evaluated after a run, from the records of the API
 * server and of LM Studio.
 */
@NullMarked
package dev.lmstudiooperator.faultinjection.invariant;

import org.jspecify.annotations.NullMarked;
