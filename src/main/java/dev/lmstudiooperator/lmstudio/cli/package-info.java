/** LM Studio's command line {@code lms}, typed: arguments, environment, output, and what its errors mean. */
@NullMarked
package dev.lmstudiooperator.lmstudio.cli;

import org.jspecify.annotations.NullMarked;
