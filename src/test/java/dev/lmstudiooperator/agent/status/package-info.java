/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.status;

import org.jspecify.annotations.NullMarked;
