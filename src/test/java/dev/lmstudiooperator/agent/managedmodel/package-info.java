/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.agent.managedmodel;

import org.jspecify.annotations.NullMarked;
