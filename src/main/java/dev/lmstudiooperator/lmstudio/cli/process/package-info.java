/**
 * Runs a child process within limits, and leaves nothing of it behind. Knows nothing about models.
 *
 * <p>Works on Linux and macOS with what every system has: there is no {@code setsid} on macOS and no SIGINT in Java's
 * library, so the process tree is collected by parentage and the interrupt is sent by {@code kill}.
 */
@NullMarked
package dev.lmstudiooperator.lmstudio.cli.process;

import org.jspecify.annotations.NullMarked;
