/** What {@code make demo} does with the LM Studio of this machine before it starts anything. */
@NullMarked
package dev.lmstudiooperator.demo;

import org.jspecify.annotations.NullMarked;
