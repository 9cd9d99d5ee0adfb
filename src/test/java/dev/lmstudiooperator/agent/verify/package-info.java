/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.verify;

import org.jspecify.annotations.NullMarked;
