package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.lmstudio.DownloadProgress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Limits progress reports to whole-percent changes and to one per ten seconds, because each report is a status write. */
final class ProgressThrottle {

    static final Duration PAUSE = Duration.ofSeconds(10);

    private @Nullable DownloadProgress told;
    private Instant toldAt = Instant.MIN;

    /** The last reported progress; null if there is none. */
    @Nullable
    DownloadProgress told() {
        return told;
    }

    /** Whether to report this progress. */
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
