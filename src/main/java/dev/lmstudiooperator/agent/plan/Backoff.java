package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How long to wait after a load or an unload that failed: 5 s, doubled with each failure in a row, at most 5 min. */
public final class Backoff {

    static final Duration BASE = Duration.ofSeconds(5);
    static final Duration MAX = Duration.ofMinutes(5);

    private Backoff() {}

    /** The failure to remember, given the one before it in the same row; null when it is the first. */
    public static Failure after(@Nullable Failure before, Reason reason, String message, Instant now) {
        Duration delay = before == null || before.retryAt() == null
                ? BASE
                : doubled(Duration.between(before.at(), before.retryAt()));
        return new Failure(reason, message, now, now.plus(delay));
    }

    /** Waits for the time of the next attempt, when one has failed. */
    static Optional<Decision> awaitRetry(Situation s, Truth available) {
        Failure failure = s.history().failure();
        Instant retryAt = failure == null ? null : failure.retryAt();
        return failure != null && retryAt != null && s.now().isBefore(retryAt)
                ? Optional.of(Decision.restUntil(
                        retryAt,
                        Finding.underWay(
                                available,
                                failure.reason(),
                                "%s. Next attempt at %s".formatted(failure.message(), retryAt))))
                : Optional.empty();
    }

    private static Duration doubled(Duration delay) {
        Duration twice = delay.multipliedBy(2);
        return twice.compareTo(MAX) > 0 ? MAX : twice;
    }
}
