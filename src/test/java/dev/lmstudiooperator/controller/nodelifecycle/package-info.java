/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.controller.nodelifecycle;

import org.jspecify.annotations.NullMarked;
