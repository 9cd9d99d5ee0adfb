/**
 * The input and the output of the planner: desired, observed and recorded state, failures, actions and decisions. This
 * package has no I/O, no clock, no framework and no logger.
 */
@NullMarked
package dev.lmstudiooperator.agent.plan;

import org.jspecify.annotations.NullMarked;
