/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.controller.binding;

import org.jspecify.annotations.NullMarked;
