/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.lmstudionode;

import org.jspecify.annotations.NullMarked;
