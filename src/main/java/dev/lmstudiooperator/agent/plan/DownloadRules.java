package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.PullPolicy;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Downloads a missing model if the spec allows it. Loaded models stay loaded meanwhile. */
final class DownloadRules {

    private DownloadRules() {}

    static Optional<Decision> cancelWhatIsNoLongerWanted(PlanInput s) {
        Download download = s.history().download();
        return download == null || isWanted(s, download)
                ? Optional.empty()
                : Optional.of(Decision.act(
                        new Action.CancelDownload(),
                        underWay(
                                s,
                                Reason.DOWNLOADING,
                                "Cancelling the download of %s, which is no longer requested"
                                        .formatted(download.source()))));
    }

    static Optional<Decision> awaitWhatIsRunning(PlanInput s) {
        Download download = s.history().download();
        return download == null || !ReloadCheck.isLoadAhead(s)
                ? Optional.empty()
                : Optional.of(Decision.rest(underWay(
                        s,
                        Reason.DOWNLOADING,
                        "Downloads %s%s".formatted(download.source(), progress(download.progress())))));
    }

    static Optional<Decision> backOffAfterFailure(PlanInput s) {
        return isToBeDownloaded(s)
                ? Backoff.pendingDownload(s).map(retry -> Decision.restUntil(retry.at(), failed(s, retry)))
                : Optional.empty();
    }

    static Optional<Decision> download(PlanInput s) {
        if (!isToBeDownloaded(s)) {
            return Optional.empty();
        }
        String source = s.desired().modelKey();
        String turnOf = s.surroundings().downloadTurnOf();
        return Optional.of(Decision.act(
                new Action.Download(source),
                turnOf == null
                        ? underWay(s, Reason.DOWNLOADING, "Downloads " + source)
                        : underWay(
                                s,
                                Reason.WAITING_FOR_TURN,
                                "Waiting for %s; models are downloaded one at a time per node".formatted(turnOf))));
    }

    private static boolean isToBeDownloaded(PlanInput s) {
        return s.desired().pullPolicy() == PullPolicy.IF_NOT_PRESENT && DiskRules.isMissing(s);
    }

    private static boolean isWanted(PlanInput s, Download download) {
        return !s.desired().isDeleted()
                && !s.desired().isSuspended()
                && s.desired().pullPolicy() == PullPolicy.IF_NOT_PRESENT
                && s.desired().modelKey().equals(download.source())
                && s.surroundings().olderClaimant() == null;
    }

    /** The catalog may list an unknown name later. Until then the download requires manual intervention. */
    private static ConditionSummary failed(PlanInput s, Backoff.Retry retry) {
        Failure failure = retry.failure();
        String message = "%s. Next attempt at %s".formatted(failure.message(), s.wall(retry.at()));
        return failure.reason() == Reason.MODEL_NOT_FOUND
                ? ConditionSummary.stalled(s.lastKnownAvailability(), failure.reason(), message)
                : underWay(s, failure.reason(), message);
    }

    private static ConditionSummary underWay(PlanInput s, Reason reason, String message) {
        return ConditionSummary.underWay(s.lastKnownAvailability(), reason, message);
    }

    private static String progress(@Nullable DownloadProgress progress) {
        if (progress == null) {
            return "";
        }
        Long total = progress.totalBytes();
        return ": %d %%%s".formatted(progress.percent(), total == null ? "" : " of " + ByteFormat.text(total));
    }
}
