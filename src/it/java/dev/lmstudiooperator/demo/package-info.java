/** Tests of the checks that {@code make demo} performs on the LM Studio of this machine before it starts anything. */
@NullMarked
package dev.lmstudiooperator.demo;

import org.jspecify.annotations.NullMarked;
