/**
 * The adapter for LM Studio's command line {@code lms}: executable, arguments, environment, output parsing and error
 * classification.
 */
@NullMarked
package dev.lmstudiooperator.lmstudio.cli;

import org.jspecify.annotations.NullMarked;
