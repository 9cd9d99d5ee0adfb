package dev.lmstudiooperator.lmstudio;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Exponential backoff: the delay before the next attempt doubles with each consecutive failure, up to a limit.
 *
 * @param first the delay after the first failure
 * @param longest the longest delay
 */
public record Backoff(Duration first, Duration longest) {

    /** Returns the delay after another failure. The previous delay is zero before the first failure. */
    public Duration next(Duration previous) {
        return bounded(previous.multipliedBy(2));
    }

    /** Returns the delay after that many consecutive failures, at least one. */
    public Duration after(int failures) {
        return Stream.iterate(bounded(first), this::next)
                .skip(failures - 1L)
                .findFirst()
                .orElseThrow();
    }

    /** Returns the delay, but at least the first and at most the longest one. */
    public Duration bounded(Duration delay) {
        return Collections.min(List.of(longest, Collections.max(List.of(first, delay))));
    }
}
