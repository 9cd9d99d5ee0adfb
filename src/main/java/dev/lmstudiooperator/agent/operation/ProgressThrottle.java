package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.lmstudio.DownloadProgress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which progress is told: a new whole percent, and no more often than every ten seconds, since each is a write. */
final class ProgressThrottle {

    static final Duration PAUSE = Duration.ofSeconds(10);

    private @Nullable DownloadProgress told;
    private Instant toldAt = Instant.MIN;

    /** What was told last; null if nothing was. */
    @Nullable
    DownloadProgress told() {
        return told;
    }

    /** Whether this one is told. */
    boolean admits(DownloadProgress progress, Instant now) {
        boolean saysAnything = progress.percent() > 0 || progress.totalBytes() != null;
        boolean isNews = told == null ? saysAnything : progress.percent() != told.percent();
        if (!isNews || now.isBefore(toldAt.plus(PAUSE))) {
            return false;
        }
        told = progress;
        toldAt = now;
        return true;
    }
}
