/** Where the operator is put together: which role runs which reconcilers, on whose clock. */
@NullMarked
package dev.lmstudiooperator;

import org.jspecify.annotations.NullMarked;
