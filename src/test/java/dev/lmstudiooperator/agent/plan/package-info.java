/** Tests of the input and output of the planner, and the inputs that the tests of its rules use. */
@NullMarked
package dev.lmstudiooperator.agent.plan;

import org.jspecify.annotations.NullMarked;
