package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait after a load or an unload that failed: 5 s, or 30 s when memory was missing; doubled with each failure
 * in a row, at most 5 min.
 */
public final class Backoff {

    static final Duration BASE = Duration.ofSeconds(5);
    static final Duration BASE_FOR_MEMORY = Duration.ofSeconds(30);
    static final Duration MAX = Duration.ofMinutes(5);

    private Backoff() {}

    /** The failure to remember, given the one before it in the same row; null when it is the first. */
    public static Failure after(@Nullable Failure before, Reason reason, String message, Instant now) {
        Duration base = reason == Reason.INSUFFICIENT_MEMORY ? BASE_FOR_MEMORY : BASE;
        Duration delay = before == null || before.retryAt() == null
                ? base
                : longer(base, doubled(Duration.between(before.at(), before.retryAt())));
        return new Failure(reason, message, now, now.plus(delay));
    }

    /** Waits for the time of the next attempt, when one has failed. */
    static Optional<Decision> awaitRetry(Situation s, Truth available) {
        return pending(s)
                .map(retry -> Decision.restUntil(
                        retry.at(),
                        Finding.underWay(
                                available,
                                retry.failure().reason(),
                                "%s. Next attempt at %s"
                                        .formatted(retry.failure().message(), retry.at()))));
    }

    /** The attempt that is waited for. What failed for lack of memory is tried again as soon as some is freed. */
    static Optional<Retry> pending(Situation s) {
        Failure failure = s.history().failure();
        Instant retryAt = failure == null ? null : failure.retryAt();
        if (failure == null || retryAt == null || !s.now().isBefore(retryAt)) {
            return Optional.empty();
        }
        boolean isFreed = failure.reason() == Reason.INSUFFICIENT_MEMORY
                && s.surroundings().memoryFreedAt().isAfter(failure.at());
        return isFreed ? Optional.empty() : Optional.of(new Retry(failure, retryAt));
    }

    /** An attempt to come, after one that failed. */
    record Retry(Failure failure, Instant at) {}

    private static Duration doubled(Duration delay) {
        Duration twice = delay.multipliedBy(2);
        return twice.compareTo(MAX) > 0 ? MAX : twice;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
