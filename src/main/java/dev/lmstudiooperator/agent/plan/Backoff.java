package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait after something that failed: 5 s, or 30 s when memory was missing, doubled with each failure in a row,
 * at most 5 min; where only a person can help a download, 5 min to 1 h. What broke on the way to LM Studio may pass by
 * itself, and has the pace that is configured.
 */
public final class Backoff {

    private static final BackoffPolicy USUAL = new BackoffPolicy(Duration.ofSeconds(5), Duration.ofMinutes(5));
    private static final BackoffPolicy FOR_A_PERSON = new BackoffPolicy(Duration.ofMinutes(5), Duration.ofHours(1));
    private static final Map<Reason, BackoffPolicy> PACES = Map.of(
            Reason.INSUFFICIENT_MEMORY, new BackoffPolicy(Duration.ofSeconds(30), Duration.ofMinutes(5)),
            Reason.DISK_FULL, FOR_A_PERSON,
            Reason.MODEL_NOT_FOUND, FOR_A_PERSON);

    private Backoff() {}

    /** No failure is waited for longer, unless a longer pace is configured. */
    public static Duration longest(BackoffPolicy retryPace) {
        return Collections.max(List.of(FOR_A_PERSON.max(), retryPace.max()));
    }

    /** The failure to remember, given the one before it in the same row; null when it is the first. */
    public static Failure after(@Nullable Failure before, Reason reason, String message, Instant now) {
        return after(before, reason, message, now, PACES.getOrDefault(reason, USUAL));
    }

    /** The same, at that pace. */
    public static Failure after(@Nullable Failure before, Reason reason, String message, Instant now, BackoffPolicy pace) {
        Duration delayBefore = before == null || before.retryAt() == null
                ? Duration.ZERO
                : Duration.between(before.at(), before.retryAt());
        Duration delay = pace.bounded(delayBefore.multipliedBy(2));
        return new Failure(reason, message, now, now.plus(delay));
    }

    /** Waits for the time of the next attempt at a load, when one has failed. */
    static Optional<Decision> awaitLoad(PlanInput s, ConditionStatus available) {
        return pending(s).map(retry -> await(s, retry, available));
    }

    /** The same for an unload: that a load failed does not keep it waiting. */
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
     * The load or unload that is waited for. What failed for lack of memory is tried again as soon as some is freed; that
     * a download failed matters no longer when the model is there.
     */
    static Optional<Retry> pending(PlanInput s) {
        return anyPending(s).filter(retry -> !retry.failure().isOfDownload()).filter(retry -> !isFreedSince(s, retry));
    }

    /** The download that is waited for. */
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

    /** An attempt to come, after one that failed. */
    record Retry(Failure failure, Instant at) {}
}
