/**
 * Child processes: running them within limits, and ending their process trees completely. The code is independent of
 * models.
 *
 * <p>The code works on Linux and macOS with standard tools. macOS has no {@code setsid}, and the Java library cannot
 * send SIGINT. The process tree is therefore collected by parent relations, and {@code kill} sends the interrupt.
 */
@NullMarked
package dev.lmstudiooperator.lmstudio.cli.process;

import org.jspecify.annotations.NullMarked;
