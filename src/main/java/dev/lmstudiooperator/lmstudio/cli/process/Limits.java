package dev.lmstudiooperator.lmstudio.cli.process;

import java.time.Duration;

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
