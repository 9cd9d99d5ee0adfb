/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.verification;

import org.jspecify.annotations.NullMarked;
