/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.observer;

import org.jspecify.annotations.NullMarked;
