package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides while {@code lms} cannot be queried. The agent then starts no operation and a full verification is not
 * possible. The HTTP API still works: it can show that a model is not served, and it accepts the requests that keep a
 * model loaded.
 */
final class CliUnavailableRules {

    private CliUnavailableRules() {}

    /** A verification stands until the next one is due. A single failed read does not invalidate it. */
    static Optional<Decision> keepStandingProof(PlanInput s) {
        return blindness(s).flatMap(unknown -> VerificationSchedule.standing(s)
                .map(proof -> Decision.restUntil(
                        VerificationSchedule.proofEndsAt(s, proof, unknown), InstanceRules.verified(proof))));
    }

    static Optional<Decision> awaitProbe(PlanInput s) {
        return blindness(s)
                .filter(unknown -> s.history().isProbing())
                .map(unknown -> Decision.rest(untilChecked(s, unknown)));
    }

    static Optional<Decision> checkByApi(PlanInput s) {
        return blindness(s)
                .filter(unknown -> isDue(s, checkDueAt(s)))
                .map(unknown -> Decision.act(new Action.Check(), untilChecked(s, unknown)));
    }

    static Optional<Decision> awaitLms(PlanInput s) {
        return blindness(s)
                .map(unknown -> new Decision(
                        new Action.Wait(), finding(s, unknown), Optional.ofNullable(checkDueAt(s)), null, false));
    }

    private static Optional<Reading.Unknown<List<Instance>>> blindness(PlanInput s) {
        return switch (s.observation().loaded()) {
            case Reading.Known<List<Instance>> known -> Optional.empty();
            case Reading.Unknown<List<Instance>> unknown -> Optional.of(unknown);
        };
    }

    private static boolean isDue(PlanInput s, @Nullable Instant dueAt) {
        return dueAt != null && !s.now().isBefore(dueAt);
    }

    /** Null when there is nothing to verify, or the HTTP API cannot be queried. */
    private static @Nullable Instant checkDueAt(PlanInput s) {
        boolean isApiHeard = s.observation().served().isKnown();
        if (!isApiHeard || s.history().recorded() == null || s.desired().isDeleted()) {
            return null;
        }
        VerificationOutcome check = VerificationSchedule.current(s);
        boolean isWithoutLms =
                check != null && (!check.hasPassed() || VerificationSchedule.isMadeWhileUnlistable(s, check));
        return isWithoutLms ? VerificationSchedule.dueAt(s) : s.now();
    }

    /**
     * If {@code lms} cannot list any instance, that does not contradict an earlier verification. The verification
     * stands until a check decides.
     */
    private static ConditionSummary untilChecked(PlanInput s, Reading.Unknown<List<Instance>> unknown) {
        return Optional.of(unknown)
                .filter(seen -> VerificationSchedule.isUnlistable(seen.why()))
                .flatMap(seen -> InstanceRules.verifiedBefore(s))
                .orElseGet(() -> finding(s, unknown));
    }

    private static ConditionSummary finding(PlanInput s, Reading.Unknown<List<Instance>> unknown) {
        VerificationOutcome check = VerificationSchedule.current(s);
        boolean isDenied = check != null && check.result() == VerificationResult.FAILED;
        return ConditionSummary.unclear(
                isDenied ? ConditionStatus.FALSE : ConditionStatus.UNKNOWN,
                FailureReason.of(unknown.why()),
                "Cannot query LM Studio: %s%s".formatted(unknown.why().explanation(), howToDeleteAllTheSame(s)));
    }

    private static String howToDeleteAllTheSame(PlanInput s) {
        return s.desired().isDeleted()
                ? ". To delete the ManagedModel without verifying the unload, set annotation %s=true"
                        .formatted(ManagedModel.FORCE_RELEASE_ANNOTATION)
                : "";
    }
}
