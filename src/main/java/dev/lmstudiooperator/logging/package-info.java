/** Structured log lines: constant messages, and fields with the same names everywhere. */
@NullMarked
package dev.lmstudiooperator.logging;

import org.jspecify.annotations.NullMarked;
