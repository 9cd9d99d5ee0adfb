/**
 * The planner and its rules, which decide the next action for one ManagedModel. The decision is a pure function of the
 * desired, observed and recorded state. This package has no I/O, no clock, no framework and no logger.
 */
@NullMarked
package dev.lmstudiooperator.agent.plan.rules;

import org.jspecify.annotations.NullMarked;
