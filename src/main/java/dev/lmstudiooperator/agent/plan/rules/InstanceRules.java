package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired.Verification;
import dev.lmstudiooperator.agent.plan.Drift;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.VerificationSchedule;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Ensures that a loaded instance matches the spec and is served. */
final class InstanceRules {

    private InstanceRules() {}

    /** A load of this agent produced the wrong model. */
    static Optional<Decision> unloadWrongModel(PlanInput s) {
        return s.instance()
                .filter(instance -> !instance.modelKey().equals(s.modelKey()))
                .filter(s::isOwnLoad)
                .map(instance -> OperationPolicy.unloadNow(
                        s,
                        instance,
                        reloading(
                                Reason.LOAD_FAILED,
                                "lms load loaded %s instead of %s; unloading it"
                                        .formatted(instance.modelKey(), s.modelKey()))));
    }

    static Optional<Decision> drainThenReloadWhatDrifted(PlanInput s) {
        return s.instance().filter(s::isDrifted).map(instance -> {
            String differences = Drift.between(s.desired(), instance).describe();
            return OperationPolicy.drainThenUnload(
                    s,
                    instance,
                    reloading(Reason.DRIFTED, "Reloading %s: %s".formatted(instance.identifier(), differences)));
        });
    }

    static Optional<Decision> drainThenReloadWhatIsOfAnOlderRevision(PlanInput s) {
        return s.instance()
                .filter(instance -> s.isOfOlderRevision())
                .map(instance -> OperationPolicy.drainThenUnload(
                        s,
                        instance,
                        reloading(
                                Reason.DRIFTED,
                                "Reloading %s: its load settings or the reload annotation changed"
                                        .formatted(instance.identifier()))));
    }

    private static Decision reloading(Reason reason, String message) {
        return Decision.underWay(ConditionStatus.FALSE, reason, message);
    }

    /** A busy instance in which no request starts or ends. A hung engine cannot be distinguished from a very long answer. */
    static Optional<Decision> reportStuck(PlanInput s) {
        return s.instance().filter(Instance::isBusy).flatMap(instance -> {
            Instant since = s.observation().busySince().get(instance.identifier());
            Verification verification = s.desired().verification();
            if (since == null || s.observedAt().isBefore(since.plus(verification.stuck()))) {
                return Optional.empty();
            }
            String message = "%s has been busy without progress since %s: %s"
                    .formatted(instance.identifier(), since, usage(instance));
            return Optional.of(
                    verification.isStuckReloaded()
                            ? reloadStuck(s, instance, message + "; reloading it")
                            : Decision.stalled(
                                            ConditionStatus.FALSE,
                                            Reason.STUCK,
                                            message + ". Check LM Studio and its GPU, then reload the model")
                                    .until(s.now().plus(verification.period())));
        });
    }

    /** Does not drain: a stuck instance may never become idle. */
    private static Decision reloadStuck(PlanInput s, Instance instance, String message) {
        return OperationPolicy.unloadNow(s, instance, reloading(Reason.STUCK, message))
                .remembering(Failure.after(s.history().failure(), Reason.STUCK, message, s.now()));
    }

    private static String usage(Instance instance) {
        return "%s, %d queued"
                .formatted(instance.activity().name().toLowerCase(Locale.ROOT).replace('_', ' '), instance.queued());
    }

    /** An instance that was verified since its load has settled, even if the spec now sets a longer settle time. */
    static Optional<Decision> awaitSettling(PlanInput s) {
        Instant settledAt = VerificationSchedule.settledAt(s);
        return s.instance()
                .filter(instance -> VerificationSchedule.current(s) == null && !s.isDue(settledAt))
                .map(instance -> withUnappliedSettings(s, instance, verifying(s).until(settledAt)));
    }

    static Optional<Decision> awaitProbe(PlanInput s) {
        return s.instance()
                .filter(instance -> s.history().isProbing())
                .map(instance -> withUnappliedSettings(s, instance, latest(s)));
    }

    static Optional<Decision> checkWhenDue(PlanInput s) {
        return s.instance()
                .filter(instance -> s.isDue(VerificationSchedule.dueAt(s)))
                .map(instance -> withUnappliedSettings(s, instance, latest(s).doing(new Action.Check())));
    }

    static Optional<Decision> drainThenReloadWhatKeepsFailing(PlanInput s) {
        VerificationOutcome check = VerificationSchedule.current(s);
        if (check == null
                || check.result() != VerificationResult.FAILED
                || check.failuresInARow() < s.desired().verification().failureThreshold()) {
            return Optional.empty();
        }
        String message = "Reloading %s after %d consecutive failed verifications: %s"
                .formatted(s.identifier(), check.failuresInARow(), check.message());
        Failure failure = Failure.after(s.history().failure(), Reason.VERIFICATION_FAILED, message, s.now());
        return s.instance()
                .map(instance ->
                        OperationPolicy.drainThenUnload(s, instance, reloading(Reason.VERIFICATION_FAILED, message)))
                .map(decision ->
                        decision.action() instanceof Action.Execute ? decision.remembering(failure) : decision);
    }

    /** Waits for the next check, whether the last one passed or not. */
    static Optional<Decision> awaitNextCheck(PlanInput s) {
        return s.instance()
                .map(instance -> withUnappliedSettings(s, instance, latest(s).until(VerificationSchedule.dueAt(s))));
    }

    /**
     * Returns the same decision, but reports settings that LM Studio did not honor. Clients can use the model, but it
     * does not match the spec. The failure is recorded, so that the expiry of the TTL does not cause a reload loop.
     */
    private static Decision withUnappliedSettings(PlanInput s, Instance instance, Decision decision) {
        if (!s.isNotHonored(instance)) {
            return decision;
        }
        String message = "LM Studio did not apply the requested settings of %s: %s. Update the spec"
                .formatted(s.modelKey(), Drift.between(s.desired(), instance).describe());
        Decision stalled = decision.withSummary(
                Decision.stalled(decision.summary().available(), Reason.SETTINGS_NOT_HONORED, message)
                        .summary());
        return s.history().isBlockedBy(Reason.SETTINGS_NOT_HONORED)
                ? stalled
                : stalled.remembering(new Failure(Reason.SETTINGS_NOT_HONORED, message, s.now(), null));
    }

    /** What the last check supports. */
    private static Decision latest(PlanInput s) {
        VerificationOutcome check = VerificationSchedule.current(s);
        if (check == null) {
            return verifiedByEarlierProcess(s).orElseGet(() -> verifying(s));
        }
        return switch (check.result()) {
            case PASSED ->
                VerificationSchedule.isOutdated(s, check)
                        ? Decision.unclear(
                                ConditionStatus.UNKNOWN,
                                Reason.VERIFYING,
                                "Re-verifying; last successful verification at " + s.wall(check.at()))
                        : verified(check);
            case FAILED -> Decision.underWay(ConditionStatus.FALSE, check.reason(), check.message());
            case UNKNOWN ->
                check.isEarlierValid()
                        ? verified(check)
                        : Decision.unclear(ConditionStatus.UNKNOWN, check.reason(), check.message());
        };
    }

    /** The verification of an instance that matches the desired state, while its next check is running. */
    static Optional<Decision> verifiedBefore(PlanInput s) {
        if (s.desired().isDeleted()
                || s.history().convergenceBeganAt() != null
                || !VerificationSchedule.isRecordedAsDesired(s)) {
            return Optional.empty();
        }
        VerificationOutcome check = VerificationSchedule.current(s);
        return check == null
                ? verifiedByEarlierProcess(s)
                : Optional.of(check)
                        .filter(VerificationOutcome::hasPassed)
                        .filter(passed -> !VerificationSchedule.isOutdated(s, passed))
                        .map(InstanceRules::verified);
    }

    /**
     * The verification by the previous process. It is valid while a new process makes its first check, because no
     * observation contradicts it.
     */
    private static Optional<Decision> verifiedByEarlierProcess(PlanInput s) {
        return s.history().lastCheck() == null
                ? Optional.ofNullable(s.history().reportedVerification()).map(InstanceRules::verified)
                : Optional.empty();
    }

    private static Decision verifying(PlanInput s) {
        return Decision.underWay(
                ConditionStatus.FALSE, Reason.VERIFYING, "%s is loaded but not yet verified".formatted(s.identifier()));
    }

    static Decision verified(VerificationOutcome check) {
        return verified(check.message());
    }

    private static Decision verified(String message) {
        return Decision.reached(ConditionStatus.TRUE, Reason.VERIFIED, message);
    }
}
