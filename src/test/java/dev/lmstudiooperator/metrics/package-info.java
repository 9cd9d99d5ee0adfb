/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.metrics;

import org.jspecify.annotations.NullMarked;
