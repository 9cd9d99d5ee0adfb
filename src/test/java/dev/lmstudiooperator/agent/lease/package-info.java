/** Tests, on a time that passes when they say so. */
@NullMarked
package dev.lmstudiooperator.agent.lease;

import org.jspecify.annotations.NullMarked;
