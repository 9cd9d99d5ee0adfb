package dev.lmstudiooperator.simulator.cli;

import java.util.List;

/** One command of {@code lms}. */
interface Command {

    /**
     * Runs the command.
     *
     * @param words the arguments after the name of the command
     * @return the exit code
     */
    int run(Call call, List<String> words) throws InterruptedException;
}
