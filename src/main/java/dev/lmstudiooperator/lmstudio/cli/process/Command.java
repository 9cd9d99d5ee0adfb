package dev.lmstudiooperator.lmstudio.cli.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A program to run, without a shell and without a PATH search.
 *
 * @param executable an absolute path
 * @param environment the complete environment; the process inherits no variables
 * @param stdout how to handle stdout
 * @param hopeless receives the whole stderr whenever it has grown; true ends the process before its deadline
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
