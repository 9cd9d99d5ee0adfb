package dev.lmstudiooperator.lmstudio.cli.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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

    /**
     * The limits of a child process.
     *
     * @param deadline the maximum duration, from start to end
     * @param grace the time from SIGINT to SIGKILL
     * @param outputBytes the maximum unread size of stdout, and of stderr, in bytes
     */
    public record Limits(Duration deadline, Duration grace, long outputBytes) {

        public Limits {
            if (deadline.isNegative() || deadline.isZero() || grace.isNegative() || outputBytes < 1) {
                throw new IllegalArgumentException(
                        "Limits of a process are positive: deadline %s, grace %s, output %d bytes"
                                .formatted(deadline, grace, outputBytes));
            }
        }
    }

    /** How to handle stdout. Stderr is always kept, because it contains the error messages. */
    public sealed interface StandardOutput {

        /** Stdout is returned after the program has ended. */
        record Kept() implements StandardOutput {}

        /** Stdout is discarded, so that progress bars use no disk space. */
        record Discarded() implements StandardOutput {}

        /**
         * Stdout is read while the program runs and then discarded, so that the program may run for hours.
         *
         * @param listener receives the end of the output since the last call, which covers at most about one second.
         *     The thread that runs the program calls it. The text may be truncated anywhere at both ends
         */
        record Followed(Consumer<String> listener) implements StandardOutput {}

        StandardOutput KEPT = new Kept();
        StandardOutput DISCARDED = new Discarded();
    }

    public Command {
        if (!executable.isAbsolute()) {
            throw new IllegalArgumentException("An executable is named by its absolute path, not " + executable);
        }
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }
}
