package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The failure that blocks the desired state.
 *
 * @param retryAt when the next attempt is due; null when only a change helps
 */
public record Failure(
        Reason reason, String message, Instant at, @Nullable Instant retryAt) {

    private static final Set<Reason> OF_DOWNLOADS =
            EnumSet.of(Reason.DOWNLOAD_FAILED, Reason.DISK_FULL, Reason.MODEL_NOT_FOUND);

    private static final Set<Reason> OF_LOADS = EnumSet.of(
            Reason.INSUFFICIENT_MEMORY, Reason.LOAD_FAILED, Reason.LOADING, Reason.SETTINGS_NOT_HONORED, Reason.STUCK);

    /** Whether a load failed. Such a failure does not block an unload. */
    boolean isOfLoad() {
        return OF_LOADS.contains(reason);
    }

    /** Whether a download failed. */
    public boolean isOfDownload() {
        return OF_DOWNLOADS.contains(reason);
    }
}
