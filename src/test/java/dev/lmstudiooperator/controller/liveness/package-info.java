/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.controller.liveness;

import org.jspecify.annotations.NullMarked;
