/** The {@code lms} command line: discovery of the daemon, the commands, and the connection to the front end. */
@NullMarked
package dev.lmstudiooperator.simulator.cli;

import org.jspecify.annotations.NullMarked;
