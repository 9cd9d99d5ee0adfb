package dev.lmstudiooperator.agent.plan;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * How soon something is tried again after it failed, and how much slower each time.
 *
 * @param base the pause after the first failure in a row; each is twice the one before it
 * @param max no pause is longer
 */
public record BackoffPolicy(Duration base, Duration max) {

    Duration bounded(Duration delay) {
        return Collections.min(List.of(max, Collections.max(List.of(base, delay))));
    }
}
