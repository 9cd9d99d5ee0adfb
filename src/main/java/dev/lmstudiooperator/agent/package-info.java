/**
 * The agent of one LM Studio: the ManagedModel reconciler, its triggers and probes, health checks, and the wiring of
 * the agent.
 */
@NullMarked
package dev.lmstudiooperator.agent;

import org.jspecify.annotations.NullMarked;
