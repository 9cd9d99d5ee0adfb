/** The floor of benchmarks: an operator without logic that has the extensions of the product. */
@NullMarked
package dev.lmstudiooperator.nothing;

import org.jspecify.annotations.NullMarked;
