/** The floor of benchmarks: built by the pom of the product, with the same extensions. */
@NullMarked
package dev.lmstudiooperator.nothing;

import org.jspecify.annotations.NullMarked;
