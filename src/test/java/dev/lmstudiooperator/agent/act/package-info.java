/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.act;

import org.jspecify.annotations.NullMarked;
