package dev.lmstudiooperator.lmstudio.cli.process;

import java.time.Duration;

/**
 * What a child process may take.
 *
 * @param deadline from its start to its end
 * @param grace from SIGINT to SIGKILL
 * @param outputBytes how large its stdout, and its stderr, may grow before they are read
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
