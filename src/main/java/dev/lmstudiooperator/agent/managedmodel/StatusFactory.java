package dev.lmstudiooperator.agent.managedmodel;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.DownloadStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.LastError;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.VerificationStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Creates the agent's part of a status from one reconciliation. The same input gives the same status, so that a model
 * at rest causes no write.
 */
public final class StatusFactory {

    private StatusFactory() {}

    public static ManagedModelStatus status(ManagedModelSyncer.Result result) {
        PlanInput s = result.input();
        ConditionSummary summary = result.decision().summary();
        ManagedModelStatus before = result.before();
        return new ManagedModelStatus(
                s.desired().generation(),
                Conditions.phase(summary),
                null,
                loadRevision(result),
                loadedRevision(result),
                InstanceStatusFactory.of(result).orElse(null),
                download(result).orElse(null),
                verification(result).orElse(null),
                convergence(result).orElse(null),
                count(before.loads(), result.hasLoaded()),
                count(before.evictions(), isEvicted(result)),
                lastError(result).orElse(null),
                conditions(result));
    }

    private static List<Condition> conditions(ManagedModelSyncer.Result result) {
        PlanInput s = result.input();
        List<Condition> current = requireNonNullElse(result.before().conditions(), List.of());
        List<Condition> conditions = Conditions.of(
                result.decision().summary(),
                new StatusConditions.Setter(current, s.desired().generation(), s.wall(s.now())));
        return s.nodeContext().isLeaseExpired() ? Conditions.keepAgentLost(conditions, current) : conditions;
    }

    /** A verified instance counts as loaded once, even if another client loaded it. */
    private static @Nullable String loadRevision(ManagedModelSyncer.Result result) {
        boolean isBegun = result.decision().action() instanceof Action.RecordIntent
                || result.decision().summary().reason() == Reason.VERIFIED;
        return isBegun
                ? result.input().desired().loadRevision()
                : result.input().history().begunRevision();
    }

    private static @Nullable String loadedRevision(ManagedModelSyncer.Result result) {
        return result.decision().summary().reason() == Reason.VERIFIED
                ? result.input().desired().loadRevision()
                : result.input().history().loadedRevision();
    }

    /** Keeps the progress of a download that failed, because it shows how much is left. */
    private static Optional<DownloadStatus> download(ManagedModelSyncer.Result result) {
        Download download = result.input().history().download();
        if (download == null) {
            boolean hasFailed = lastError(result)
                            .flatMap(error -> Reason.of(error.reason()))
                            .orElse(null)
                    == Reason.DOWNLOAD_FAILED;
            return hasFailed ? Optional.ofNullable(result.before().download()) : Optional.empty();
        }
        DownloadProgress progress = download.progress();
        return Optional.of(
                progress == null
                        ? new DownloadStatus(download.source(), null, null, null)
                        : new DownloadStatus(
                                download.source(),
                                progress.percent(),
                                progress.downloadedBytes(),
                                progress.totalBytes()));
    }

    private static Optional<VerificationStatus> verification(ManagedModelSyncer.Result result) {
        if (isKnownAbsent(result)) {
            return Optional.empty();
        }
        VerificationStatus before = result.before().verification();
        VerificationOutcome check = result.input().history().lastCheck();
        if (check == null) {
            return Optional.ofNullable(before);
        }
        if (before != null && check.isEarlierValid()) {
            return Optional.of(before);
        }
        VerificationStatus after = new VerificationStatus(
                check.result(),
                check.mode(),
                precise(result.input().wall(check.at())),
                check.cli(),
                check.api(),
                check.latency() == null ? null : check.latency().toMillis(),
                check.failuresInARow(),
                check.message());
        return Optional.of(before != null && isSameResult(before, after) ? before : after);
    }

    /** A check with the same result is not a change. A metric shows how recent the checks are. */
    private static boolean isSameResult(VerificationStatus before, VerificationStatus after) {
        return before.result() == after.result()
                && before.mode() == after.mode()
                && before.cli().equals(after.cli())
                && before.api().equals(after.api())
                && requireNonNullElse(before.consecutiveFailures(), 0)
                        .equals(requireNonNullElse(after.consecutiveFailures(), 0));
    }

    private static Optional<ConvergenceStatus> convergence(ManagedModelSyncer.Result result) {
        ConvergenceStatus before = result.before().convergence();
        PlanInput s = result.input();
        boolean isOver = result.decision().summary().progress() != Progress.RECONCILING;
        if (before != null && before.durationMillis() == null) {
            int rounds = requireNonNullElse(before.rounds(), 0) + result.unreportedReconciliations();
            return Optional.of(
                    new ConvergenceStatus(before.trigger(), before.startedTime(), isOver ? millis(s) : null, rounds));
        }
        if (isOver) {
            return Optional.ofNullable(before);
        }
        Reason trigger =
                isEvicted(result) ? Reason.EVICTED : result.decision().summary().reason();
        return Optional.of(new ConvergenceStatus(
                trigger.text(), precise(s.wall(s.now())), null, result.unreportedReconciliations()));
    }

    private static Long millis(PlanInput s) {
        Instant beganAt = requireNonNullElse(s.history().convergenceBeganAt(), s.now());
        return Duration.between(beganAt, s.now()).toMillis();
    }

    /** Recovery clears the error; a suspension does not. */
    private static Optional<LastError> lastError(ManagedModelSyncer.Result result) {
        if (result.decision().summary().ready() == ConditionStatus.TRUE) {
            return Optional.empty();
        }
        Failure found = result.decision().newFailure();
        LastError previous = result.before().lastError();
        PlanInput s = result.input();
        if (found == null && s.history().failure() != null && previous != null && !result.hasResult()) {
            return Optional.of(previous);
        }
        Failure failure = found == null ? s.history().failure() : found;
        return Optional.ofNullable(failure)
                .map(f -> new LastError(
                        f.reason().text(),
                        f.message(),
                        precise(s.wall(f.at())),
                        f.retryAt() == null ? null : precise(s.wall(f.retryAt()))));
    }

    /**
     * Whether an instance that the status describes and that should stay loaded is gone, although the agent did not
     * unload it.
     */
    static boolean isEvicted(ManagedModelSyncer.Result result) {
        return result.before().instance() != null
                && isKnownAbsent(result)
                && !result.input().desired().isDeleted()
                && !result.input().desired().isTemporary()
                && !result.hasUnloaded()
                && !isBeingUnloaded(result.input());
    }

    private static boolean isBeingUnloaded(PlanInput s) {
        return s.history().running() instanceof ModelOperation.Unload unload
                && unload.identifier().equals(s.desired().identifier());
    }

    private static boolean isKnownAbsent(ManagedModelSyncer.Result result) {
        return result.input().isObserved() && result.input().instance().isEmpty();
    }

    private static @Nullable Integer count(@Nullable Integer before, boolean hasHappened) {
        return hasHappened ? Integer.valueOf(requireNonNullElse(before, 0) + 1) : before;
    }

    /** With a precision of milliseconds, where the order of events within a second matters. */
    static String precise(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
