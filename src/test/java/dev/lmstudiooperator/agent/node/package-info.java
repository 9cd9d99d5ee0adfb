/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.node;

import org.jspecify.annotations.NullMarked;
