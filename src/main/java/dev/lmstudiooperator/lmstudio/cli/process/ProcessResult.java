package dev.lmstudiooperator.lmstudio.cli.process;

import java.time.Duration;
import java.util.List;

/**
 * The result of a child process.
 *
 * @param stdout empty if it was discarded or followed; truncated if the process did not end by itself
 * @param stderr truncated like stdout
 * @param unkilled the processes of the tree that are alive after SIGKILL, for example in uninterruptible sleep
 */
public record ProcessResult(ExitStatus ending, String stdout, String stderr, Duration took, List<Long> unkilled) {

    /** Describes how a child process ended. */
    public sealed interface ExitStatus {

        /** The process exited. */
        record Exited(int code) implements ExitStatus {}

        /**
         * A signal that this process did not send ended the child. Java reports the exit value as 128 plus the signal
         * number, as a shell does. A wrapper script that passes on such an exit code reports the same about the program
         * inside.
         */
        record Died(int signal) implements ExitStatus {}

        /** The deadline passed, and the process tree was ended. */
        record TimedOut(Duration deadline) implements ExitStatus {}

        /** The process wrote more than the limit, and the process tree was killed. */
        record OutputTooLarge(long capBytes) implements ExitStatus {}

        /** A message on stderr showed that the process would never end, and the process tree was ended. */
        record GivenUp() implements ExitStatus {}

        /** Interprets the exit value of a process that this process did not end. */
        static ExitStatus ofExitValue(int value) {
            return value > 128 && value <= 128 + 64 ? new Died(value - 128) : new Exited(value);
        }
    }
}
