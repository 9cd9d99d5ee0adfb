/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.observe;

import org.jspecify.annotations.NullMarked;
