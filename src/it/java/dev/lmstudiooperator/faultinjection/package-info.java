/**
 * The fault-injection suite: the agent as a separate process, a real API server behind a proxy that injects faults, and a
 * simulated LM Studio. Each plan runs one scenario with faults at counted points. Its end state must equal that of the
 * baseline run, and no invariant may be violated.
 */
@NullMarked
package dev.lmstudiooperator.faultinjection;

import org.jspecify.annotations.NullMarked;
