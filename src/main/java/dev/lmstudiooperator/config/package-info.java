/** Typed and documented configuration of the operator, and its validation at startup. */
@NullMarked
package dev.lmstudiooperator.config;

import org.jspecify.annotations.NullMarked;
