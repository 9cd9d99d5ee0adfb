/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.controller.scheduling;

import org.jspecify.annotations.NullMarked;
