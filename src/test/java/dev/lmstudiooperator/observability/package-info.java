/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.observability;

import org.jspecify.annotations.NullMarked;
