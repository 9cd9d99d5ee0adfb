/**
 * Fault campaigns: the agent as a process of its own, a real API server behind a proxy that disturbs, a simulated LM Studio. Each
 * plan runs one scenario with faults at counted points; its end must be that of the undisturbed run, and no invariant may break.
 */
@NullMarked
package dev.lmstudiooperator.campaign;

import org.jspecify.annotations.NullMarked;
