package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long to wait after a load that failed: 5 s, doubled with each failure in a row, at most 5 min. */
public final class Backoff {

    static final Duration BASE = Duration.ofSeconds(5);
    static final Duration MAX = Duration.ofMinutes(5);

    private Backoff() {}

    /** The failure to remember, given the one before it in the same row; null when it is the first. */
    public static Failure after(@Nullable Failure before, Reason reason, String message, Instant now) {
        Duration delay = before == null ? BASE : doubled(Duration.between(before.at(), before.retryAt()));
        return new Failure(reason, message, now, now.plus(delay));
    }

    private static Duration doubled(Duration delay) {
        Duration twice = delay.multipliedBy(2);
        return twice.compareTo(MAX) > 0 ? MAX : twice;
    }
}
