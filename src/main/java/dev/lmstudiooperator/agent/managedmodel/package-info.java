/**
 * ManagedModels of this node: sync loop, planner input, in-memory state, conditions, phase, status and events. Only
 * this package writes the agent's part of their status.
 */
@NullMarked
package dev.lmstudiooperator.agent.managedmodel;

import org.jspecify.annotations.NullMarked;
