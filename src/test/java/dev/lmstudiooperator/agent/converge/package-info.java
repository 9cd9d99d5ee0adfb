/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.converge;

import org.jspecify.annotations.NullMarked;
