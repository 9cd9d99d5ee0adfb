/** Tests of the planner: one per side of each condition, and properties over generated inputs. */
@NullMarked
package dev.lmstudiooperator.agent.plan.rules;

import org.jspecify.annotations.NullMarked;
