package dev.lmstudiooperator.agent.managedmodel;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.DownloadStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.LastError;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.VerificationStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
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

    public static ManagedModelStatus status(ManagedModelSyncer.Result pass) {
        PlanInput s = pass.input();
        ConditionSummary summary = pass.decision().summary();
        ManagedModelStatus before = pass.before();
        return new ManagedModelStatus(
                s.desired().generation(),
                Conditions.phase(summary),
                null,
                loadRevision(pass),
                loadedRevision(pass),
                InstanceStatusFactory.of(pass).orElse(null),
                download(pass).orElse(null),
                verification(pass).orElse(null),
                convergence(pass).orElse(null),
                count(before.loads(), pass.hasLoaded()),
                count(before.evictions(), isEvicted(pass)),
                lastError(pass).orElse(null),
                conditions(pass));
    }

    private static List<Condition> conditions(ManagedModelSyncer.Result pass) {
        PlanInput s = pass.input();
        List<Condition> current = requireNonNullElse(pass.before().conditions(), List.of());
        List<Condition> conditions = Conditions.of(
                pass.decision().summary(),
                new StatusConditions.Setter(current, s.desired().generation(), s.wall(s.now())));
        return s.nodeContext().isLeaseOverdue() ? Conditions.unlessLost(conditions, current) : conditions;
    }

    /** A verified instance counts as loaded once, even if another client loaded it. */
    private static @Nullable String loadRevision(ManagedModelSyncer.Result pass) {
        boolean isBegun = pass.decision().action() instanceof Action.RecordIntent
                || pass.decision().summary().reason() == Reason.VERIFIED;
        return isBegun
                ? pass.input().desired().loadRevision()
                : pass.input().history().begunRevision();
    }

    private static @Nullable String loadedRevision(ManagedModelSyncer.Result pass) {
        return pass.decision().summary().reason() == Reason.VERIFIED
                ? pass.input().desired().loadRevision()
                : pass.input().history().loadedRevision();
    }

    /** Keeps the progress of a download that failed, because it shows how much is left. */
    private static Optional<DownloadStatus> download(ManagedModelSyncer.Result pass) {
        Download download = pass.input().history().download();
        if (download == null) {
            boolean hasFailed =
                    lastError(pass).flatMap(error -> Reason.of(error.reason())).orElse(null) == Reason.DOWNLOAD_FAILED;
            return hasFailed ? Optional.ofNullable(pass.before().download()) : Optional.empty();
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

    private static Optional<VerificationStatus> verification(ManagedModelSyncer.Result pass) {
        if (isKnownAbsent(pass)) {
            return Optional.empty();
        }
        VerificationStatus before = pass.before().verification();
        VerificationOutcome check = pass.input().history().lastCheck();
        if (check == null) {
            return Optional.ofNullable(before);
        }
        if (before != null && check.isOlderStanding()) {
            return Optional.of(before);
        }
        VerificationStatus after = new VerificationStatus(
                check.result(),
                check.mode(),
                precise(pass.input().wall(check.at())),
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

    private static Optional<ConvergenceStatus> convergence(ManagedModelSyncer.Result pass) {
        ConvergenceStatus before = pass.before().convergence();
        PlanInput s = pass.input();
        boolean isOver = pass.decision().summary().progress() != Progress.RECONCILING;
        if (before != null && before.durationMillis() == null) {
            int rounds = requireNonNullElse(before.rounds(), 0) + pass.unreportedReconciliations();
            return Optional.of(
                    new ConvergenceStatus(before.trigger(), before.startedTime(), isOver ? millis(s) : null, rounds));
        }
        if (isOver) {
            return Optional.ofNullable(before);
        }
        Reason trigger =
                isEvicted(pass) ? Reason.EVICTED : pass.decision().summary().reason();
        return Optional.of(new ConvergenceStatus(
                trigger.text(), precise(s.wall(s.now())), null, pass.unreportedReconciliations()));
    }

    private static Long millis(PlanInput s) {
        Instant beganAt = requireNonNullElse(s.history().episodeBeganAt(), s.now());
        return Duration.between(beganAt, s.now()).toMillis();
    }

    /** Recovery clears the error; a suspension does not. */
    private static Optional<LastError> lastError(ManagedModelSyncer.Result pass) {
        if (pass.decision().summary().ready() == ConditionStatus.TRUE) {
            return Optional.empty();
        }
        Failure found = pass.decision().newFailure();
        LastError previous = pass.before().lastError();
        PlanInput s = pass.input();
        if (found == null && s.history().failure() != null && previous != null && !pass.hasResult()) {
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
    static boolean isEvicted(ManagedModelSyncer.Result pass) {
        return pass.before().instance() != null
                && isKnownAbsent(pass)
                && !pass.input().desired().isDeleted()
                && !pass.input().desired().isTemporary()
                && !pass.hasUnloaded()
                && !isBeingUnloaded(pass.input());
    }

    private static boolean isBeingUnloaded(PlanInput s) {
        return s.history().running() instanceof ModelOperation.Unload unload
                && unload.identifier().equals(s.desired().identifier());
    }

    private static boolean isKnownAbsent(ManagedModelSyncer.Result pass) {
        return pass.input().isObserved() && pass.input().instance().isEmpty();
    }

    private static @Nullable Integer count(@Nullable Integer before, boolean hasHappened) {
        return hasHappened ? Integer.valueOf(requireNonNullElse(before, 0) + 1) : before;
    }

    /** With a precision of milliseconds, where the order of events within a second matters. */
    static String precise(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
