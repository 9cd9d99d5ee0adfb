package dev.lmstudiooperator.agent.plan;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * Defines the delays between attempts after a failure.
 *
 * @param base the delay after the first failure; it doubles with each consecutive failure
 * @param max the longest delay
 */
public record BackoffPolicy(Duration base, Duration max) {

    Duration bounded(Duration delay) {
        return Collections.min(List.of(max, Collections.max(List.of(base, delay))));
    }
}
