/** The entry point and the composition of the operator: the reconcilers of each role, and their clock. */
@NullMarked
package dev.lmstudiooperator;

import org.jspecify.annotations.NullMarked;
