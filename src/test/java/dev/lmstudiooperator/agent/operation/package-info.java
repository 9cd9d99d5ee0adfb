/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.operation;

import org.jspecify.annotations.NullMarked;
