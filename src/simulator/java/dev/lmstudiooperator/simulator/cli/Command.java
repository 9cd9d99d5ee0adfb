package dev.lmstudiooperator.simulator.cli;

import java.util.List;

/** One command of {@code lms}. */
interface Command {

    /**
     * Runs it.
     *
     * @param words what follows the command's name
     * @return the exit code
     */
    int run(Call call, List<String> words) throws InterruptedException;
}
