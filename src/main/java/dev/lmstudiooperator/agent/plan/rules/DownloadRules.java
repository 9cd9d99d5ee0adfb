package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.PullPolicy;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Downloads a missing model if the spec allows it. Loaded models stay loaded meanwhile. */
final class DownloadRules {

    private DownloadRules() {}

    static Optional<Decision> cancelWhatIsNoLongerWanted(PlanInput s) {
        return running(s).filter(download -> !isWanted(s, download)).map(download -> underWay(
                        s,
                        Reason.DOWNLOADING,
                        "Cancelling the download of %s, which is no longer requested".formatted(download.source()))
                .doing(new Action.CancelDownload()));
    }

    static Optional<Decision> awaitWhatIsRunning(PlanInput s) {
        return running(s)
                .filter(download -> s.isLoadAhead())
                .map(download -> underWay(
                        s,
                        Reason.DOWNLOADING,
                        "Downloads %s%s".formatted(download.source(), progress(download.progress()))));
    }

    /** The catalog may list an unknown name later. Until then the download requires manual intervention. */
    static Optional<Decision> backOffAfterFailure(PlanInput s) {
        return OperationPolicy.pendingDownload(s)
                .filter(retry -> isToBeDownloaded(s))
                .map(retry -> {
                    Reason reason = retry.failure().reason();
                    Decision waiting = reason == Reason.MODEL_NOT_FOUND
                            ? Decision.stalled(s.lastKnownAvailability(), reason, retry.message(s))
                            : underWay(s, reason, retry.message(s));
                    return waiting.until(retry.at());
                });
    }

    static Optional<Decision> download(PlanInput s) {
        if (!isToBeDownloaded(s)) {
            return Optional.empty();
        }
        String slotHolder = s.nodeContext().downloadSlotHolder();
        Decision planned = slotHolder == null
                ? underWay(s, Reason.DOWNLOADING, "Downloads " + s.modelKey())
                : underWay(
                        s,
                        Reason.WAITING_FOR_TURN,
                        "Waiting for %s; models are downloaded one at a time per node".formatted(slotHolder));
        return Optional.of(planned.doing(new Action.Download(s.modelKey())));
    }

    private static Optional<Download> running(PlanInput s) {
        return Optional.ofNullable(s.history().download());
    }

    private static boolean isToBeDownloaded(PlanInput s) {
        return s.desired().pullPolicy() == PullPolicy.IF_NOT_PRESENT && DiskRules.isMissing(s);
    }

    private static boolean isWanted(PlanInput s, Download download) {
        return !s.desired().isDeleted()
                && !s.desired().isSuspended()
                && s.desired().pullPolicy() == PullPolicy.IF_NOT_PRESENT
                && s.modelKey().equals(download.source())
                && s.nodeContext().olderOwner() == null;
    }

    private static Decision underWay(PlanInput s, Reason reason, String message) {
        return Decision.underWay(s.lastKnownAvailability(), reason, message);
    }

    private static String progress(@Nullable DownloadProgress progress) {
        if (progress == null) {
            return "";
        }
        Long total = progress.totalBytes();
        return ": %d %%%s".formatted(progress.percent(), total == null ? "" : " of " + Instance.gigabytes(total));
    }
}
