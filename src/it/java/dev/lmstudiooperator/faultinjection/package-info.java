/**
 * The fault-injection suite: an agent or a controller as a separate process, and a real API server behind a proxy that
 * injects faults. The agent has a simulated LM Studio, the controller has fake agents. Each plan runs one scenario with faults at counted points. Its end state must equal that of the
 * baseline run, and no invariant may be violated.
 */
@NullMarked
package dev.lmstudiooperator.faultinjection;

import org.jspecify.annotations.NullMarked;
