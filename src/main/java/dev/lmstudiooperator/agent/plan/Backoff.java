package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calculates the delay before the next attempt after a failure. The delay starts at 5 s, or at 30 s when memory was
 * insufficient. It doubles with each consecutive failure, up to 5 min. A download that requires manual intervention
 * starts at 5 min and is limited to 1 h. Failures of the connection to LM Studio may be transient and use the
 * configured policy.
 */
public final class Backoff {

    private static final BackoffPolicy USUAL = new BackoffPolicy(Duration.ofSeconds(5), Duration.ofMinutes(5));
    private static final BackoffPolicy FOR_A_PERSON = new BackoffPolicy(Duration.ofMinutes(5), Duration.ofHours(1));
    private static final Map<Reason, BackoffPolicy> PACES = Map.of(
            Reason.INSUFFICIENT_MEMORY, new BackoffPolicy(Duration.ofSeconds(30), Duration.ofMinutes(5)),
            Reason.DISK_FULL, FOR_A_PERSON,
            Reason.MODEL_NOT_FOUND, FOR_A_PERSON);

    private Backoff() {}

    /** The longest possible delay after a failure, including the configured policy. */
    public static Duration longest(BackoffPolicy retryPace) {
        return Collections.max(List.of(FOR_A_PERSON.max(), retryPace.max()));
    }

    /**
     * Returns the failure to record, with its retry time.
     *
     * @param before the previous consecutive failure; null for the first one
     */
    public static Failure after(@Nullable Failure before, Reason reason, String message, Instant now) {
        return after(before, reason, message, now, PACES.getOrDefault(reason, USUAL));
    }

    /** Same as {@link #after(Failure, Reason, String, Instant)}, with an explicit policy. */
    public static Failure after(
            @Nullable Failure before, Reason reason, String message, Instant now, BackoffPolicy pace) {
        Duration delayBefore = before == null || before.retryAt() == null
                ? Duration.ZERO
                : Duration.between(before.at(), before.retryAt());
        Duration delay = pace.bounded(delayBefore.multipliedBy(2));
        return new Failure(reason, message, now, now.plus(delay));
    }

    /** Waits for the retry time if a load has failed. */
    static Optional<Decision> awaitLoad(PlanInput s, ConditionStatus available) {
        return pending(s).map(retry -> await(s, retry, available));
    }

    /** Waits for the retry time of an unload. A failed load does not delay an unload. */
    static Optional<Decision> awaitUnload(PlanInput s, ConditionStatus available) {
        return pending(s).filter(retry -> !retry.failure().isOfLoad()).map(retry -> await(s, retry, available));
    }

    private static Decision await(PlanInput s, Retry retry, ConditionStatus available) {
        return Decision.restUntil(
                retry.at(),
                ConditionSummary.underWay(
                        available,
                        retry.failure().reason(),
                        "%s. Next attempt at %s".formatted(retry.failure().message(), s.wall(retry.at()))));
    }

    /**
     * The pending retry of a load or unload. A load that failed for lack of memory is retried as soon as memory is
     * freed. A failed download no longer matters once the model is on disk.
     */
    static Optional<Retry> pending(PlanInput s) {
        return anyPending(s).filter(retry -> !retry.failure().isOfDownload()).filter(retry -> !isFreedSince(s, retry));
    }

    /** The pending retry of a download. */
    static Optional<Retry> pendingDownload(PlanInput s) {
        return anyPending(s).filter(retry -> retry.failure().isOfDownload());
    }

    private static Optional<Retry> anyPending(PlanInput s) {
        Failure failure = s.history().failure();
        Instant retryAt = failure == null ? null : failure.retryAt();
        return failure == null || retryAt == null || !s.now().isBefore(retryAt)
                ? Optional.empty()
                : Optional.of(new Retry(failure, retryAt));
    }

    private static boolean isFreedSince(PlanInput s, Retry retry) {
        return retry.failure().reason() == Reason.INSUFFICIENT_MEMORY
                && s.surroundings().memoryFreedAt().isAfter(retry.failure().at());
    }

    /** A scheduled attempt after a failure. */
    record Retry(Failure failure, Instant at) {}
}
