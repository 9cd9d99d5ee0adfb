/** Tests of the planner: a sentence per side of each condition, and properties over generated situations. */
@NullMarked
package dev.lmstudiooperator.agent.plan;

import org.jspecify.annotations.NullMarked;
