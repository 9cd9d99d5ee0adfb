/** One ManagedModel, one step further: what is known is gathered, the planner decides, the status is written, the step begins. */
@NullMarked
package dev.lmstudiooperator.agent.converge;

import org.jspecify.annotations.NullMarked;
