package dev.lmstudiooperator.simulator.cli;

import java.util.List;

/** {@code lms get}: downloads. */
final class GetCommand implements Command {

    @Override
    public int run(Call call, List<String> words) throws InterruptedException {
        throw call.failure("not yet\n");
    }
}
