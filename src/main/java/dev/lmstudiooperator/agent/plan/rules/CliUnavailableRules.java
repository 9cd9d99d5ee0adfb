package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.FailureReason;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.VerificationSchedule;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides while {@code lms} cannot be queried. The agent then starts no operation and a full verification is not
 * possible. The HTTP API still works: it can show that a model is not served, and it accepts the requests that keep a
 * model loaded.
 */
final class CliUnavailableRules {

    private CliUnavailableRules() {}

    /** A verification is valid until the next one is due. A single failed read does not invalidate it. */
    static Optional<Decision> keepVerification(PlanInput s) {
        return s.cliFailure().flatMap(unknown -> VerificationSchedule.valid(s)
                .map(verification -> InstanceRules.verified(verification)
                        .until(VerificationSchedule.verificationEndsAt(s, verification, unknown))));
    }

    static Optional<Decision> awaitProbe(PlanInput s) {
        return s.cliFailure().filter(unknown -> s.history().isProbing()).map(unknown -> untilChecked(s, unknown.why()));
    }

    static Optional<Decision> checkByApi(PlanInput s) {
        return s.cliFailure()
                .filter(unknown -> checkDueAt(s).filter(s::isDue).isPresent())
                .map(unknown -> untilChecked(s, unknown.why()).doing(new Action.Check()));
    }

    static Optional<Decision> awaitLms(PlanInput s) {
        return s.cliFailure().map(unknown -> {
            Decision decision = cannotQuery(s, unknown.why());
            return checkDueAt(s).map(decision::until).orElse(decision);
        });
    }

    /** Empty when there is nothing to verify, or the HTTP API cannot be queried. */
    private static Optional<Instant> checkDueAt(PlanInput s) {
        boolean isApiKnown = s.observation().served().isKnown();
        if (!isApiKnown || s.history().recorded() == null || s.desired().isDeleted()) {
            return Optional.empty();
        }
        VerificationOutcome check = VerificationSchedule.current(s);
        boolean isWithoutLms =
                check != null && (!check.hasPassed() || VerificationSchedule.isMadeWhileUnlistable(s, check));
        return Optional.of(isWithoutLms ? VerificationSchedule.dueAt(s) : s.now());
    }

    /**
     * If {@code lms} cannot list any instance, that does not contradict an earlier verification. The verification
     * is valid until a check decides.
     */
    private static Decision untilChecked(PlanInput s, LmStudioFailure why) {
        return Optional.of(why)
                .filter(VerificationSchedule::isUnlistable)
                .flatMap(unlistable -> InstanceRules.verifiedBefore(s))
                .orElseGet(() -> cannotQuery(s, why));
    }

    private static Decision cannotQuery(PlanInput s, LmStudioFailure why) {
        VerificationOutcome check = VerificationSchedule.current(s);
        boolean hasFailed = check != null && check.result() == VerificationResult.FAILED;
        return Decision.unclear(
                hasFailed ? ConditionStatus.FALSE : ConditionStatus.UNKNOWN,
                FailureReason.of(why),
                "Cannot query LM Studio: %s%s".formatted(why.explanation(), howToForceDeletion(s)));
    }

    private static String howToForceDeletion(PlanInput s) {
        return s.desired().isDeleted()
                ? ". To delete the ManagedModel without verifying the unload, set annotation %s=true"
                        .formatted(ManagedModel.FORCE_RELEASE_ANNOTATION)
                : "";
    }
}
