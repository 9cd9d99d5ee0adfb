/** The {@code lms} command line: discovery of the daemon, commands, and the wire to the thin front end. */
@NullMarked
package dev.lmstudiooperator.simulator.cli;

import org.jspecify.annotations.NullMarked;
