/** The floor of benchmarks: an operator that the pom of the product builds with the same extensions. */
@NullMarked
package dev.lmstudiooperator.nothing;

import org.jspecify.annotations.NullMarked;
