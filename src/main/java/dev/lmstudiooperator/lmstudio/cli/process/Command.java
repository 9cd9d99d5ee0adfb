package dev.lmstudiooperator.lmstudio.cli.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A program to run, without a shell and without a search along PATH.
 *
 * @param executable an absolute path
 * @param environment all of it: nothing is inherited
 * @param stdout who will read it
 * @param hopeless asked with stderr so far whenever it has grown; true ends the process before its deadline
 */
public record Command(
        Path executable,
        List<String> arguments,
        Map<String, String> environment,
        Limits limits,
        StandardOutput stdout,
        Predicate<String> hopeless) {

    public Command {
        if (!executable.isAbsolute()) {
            throw new IllegalArgumentException("An executable is named by its absolute path, not " + executable);
        }
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }
}
