/** Tests, on a time that passes when they say so. */
@NullMarked
package dev.lmstudiooperator.agent.tenure;

import org.jspecify.annotations.NullMarked;
