package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The failure that blocks the desired state. The delay before the next attempt starts at 5 s, or at 30 s when memory
 * was insufficient. It doubles with each consecutive failure, up to 5 min. A download that requires manual intervention
 * starts at 5 min and is limited to 1 h. Failures of the connection to LM Studio may be transient and use the
 * configured backoff.
 *
 * @param retryAt when the next attempt is due; null when only a change helps
 */
public record Failure(
        Reason reason, String message, Instant at, @Nullable Instant retryAt) {

    private static final Backoff USUAL = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(5));
    private static final Backoff FOR_A_PERSON = new Backoff(Duration.ofMinutes(5), Duration.ofHours(1));
    private static final Map<Reason, Backoff> BACKOFFS = Map.of(
            Reason.INSUFFICIENT_MEMORY, new Backoff(Duration.ofSeconds(30), Duration.ofMinutes(5)),
            Reason.DISK_FULL, FOR_A_PERSON,
            Reason.MODEL_NOT_FOUND, FOR_A_PERSON);

    private static final Set<Reason> OF_DOWNLOADS =
            EnumSet.of(Reason.DOWNLOAD_FAILED, Reason.DISK_FULL, Reason.MODEL_NOT_FOUND);

    private static final Set<Reason> OF_LOADS = EnumSet.of(
            Reason.INSUFFICIENT_MEMORY, Reason.LOAD_FAILED, Reason.LOADING, Reason.SETTINGS_NOT_HONORED, Reason.STUCK);

    /** The longest possible delay after a failure, including the configured backoff. */
    public static Duration longestDelay(Backoff configured) {
        return Collections.max(List.of(FOR_A_PERSON.longest(), configured.longest()));
    }

    /**
     * Returns the failure to record, with its retry time.
     *
     * @param before the previous consecutive failure; null for the first one
     */
    public static Failure after(@Nullable Failure before, Reason reason, String message, Instant now) {
        return after(before, reason, message, now, BACKOFFS.getOrDefault(reason, USUAL));
    }

    /** Same as {@link #after(Failure, Reason, String, Instant)}, with an explicit backoff. */
    public static Failure after(@Nullable Failure before, Reason reason, String message, Instant now, Backoff backoff) {
        Duration delayBefore = before == null || before.retryAt() == null
                ? Duration.ZERO
                : Duration.between(before.at(), before.retryAt());
        return new Failure(reason, message, now, now.plus(backoff.next(delayBefore)));
    }

    /** Whether a load failed. Such a failure does not block an unload. */
    public boolean isOfLoad() {
        return OF_LOADS.contains(reason);
    }

    /** Whether a download failed. */
    public boolean isOfDownload() {
        return OF_DOWNLOADS.contains(reason);
    }
}
