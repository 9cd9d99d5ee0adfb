package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Limits progress reports to whole-percent changes and to one per ten seconds, because each report is a status write. */
final class ProgressThrottle {

    static final Duration PAUSE = Duration.ofSeconds(10);

    private @Nullable DownloadProgress reported;
    private Instant reportedAt = Instant.MIN;

    /** The last reported progress; null if there is none. */
    @Nullable
    DownloadProgress reported() {
        return reported;
    }

    /** Whether to report this progress. */
    boolean admits(DownloadProgress progress, Instant now) {
        boolean hasContent = progress.percent() > 0 || progress.totalBytes() != null;
        boolean hasChanged = reported == null ? hasContent : progress.percent() != reported.percent();
        if (!hasChanged || now.isBefore(reportedAt.plus(PAUSE))) {
            return false;
        }
        reported = progress;
        reportedAt = now;
        return true;
    }
}
