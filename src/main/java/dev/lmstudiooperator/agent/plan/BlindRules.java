package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * While {@code lms} cannot be asked. Nothing is changed then, and nothing is proven, but the HTTP API is still heard: it can
 * deny that a model is served, and it takes the requests that keep one loaded.
 */
final class BlindRules {

    private BlindRules() {}

    /** A proof holds until the next one is due: one look that fails takes nothing back. */
    static Optional<Decision> keepStandingProof(Situation s) {
        return blindness(s).flatMap(unknown -> Checks.standing(s)
                .map(proof ->
                        Decision.restUntil(Checks.proofEndsAt(s, proof, unknown), InstanceRules.verified(proof))));
    }

    static Optional<Decision> awaitProbe(Situation s) {
        return blindness(s)
                .filter(unknown -> s.history().isProbing())
                .map(unknown -> Decision.rest(untilChecked(s, unknown)));
    }

    static Optional<Decision> checkByApi(Situation s) {
        return blindness(s)
                .filter(unknown -> isDue(s, checkDueAt(s)))
                .map(unknown -> Decision.act(new Step.Check(), untilChecked(s, unknown)));
    }

    static Optional<Decision> awaitLms(Situation s) {
        return blindness(s)
                .map(unknown -> new Decision(
                        new Step.Rest(), finding(s, unknown), Optional.ofNullable(checkDueAt(s)), null, false));
    }

    private static Optional<Reading.Unknown<List<Instance>>> blindness(Situation s) {
        return switch (s.observation().loaded()) {
            case Reading.Known<List<Instance>> known -> Optional.empty();
            case Reading.Unknown<List<Instance>> unknown -> Optional.of(unknown);
        };
    }

    private static boolean isDue(Situation s, @Nullable Instant dueAt) {
        return dueAt != null && !s.now().isBefore(dueAt);
    }

    /** Null when there is nothing to check, or nobody to ask. */
    private static @Nullable Instant checkDueAt(Situation s) {
        boolean isApiHeard = s.observation().served() instanceof Reading.Known<Served>;
        if (!isApiHeard || s.history().recorded() == null || s.desired().isDeleted()) {
            return null;
        }
        Check check = Checks.current(s);
        boolean isWithoutLms = check != null && (!check.hasPassed() || Checks.isMadeWhileUnlistable(s, check));
        return isWithoutLms ? Checks.dueAt(s) : s.now();
    }

    /** What lms cannot list says nothing against what was verified, which stands until a check has decided. */
    private static Finding untilChecked(Situation s, Reading.Unknown<List<Instance>> unknown) {
        return Optional.of(unknown)
                .filter(seen -> Checks.isUnlistable(seen.why()))
                .flatMap(seen -> InstanceRules.verifiedBefore(s))
                .orElseGet(() -> finding(s, unknown));
    }

    private static Finding finding(Situation s, Reading.Unknown<List<Instance>> unknown) {
        Check check = Checks.current(s);
        boolean isDenied = check != null && check.result() == VerificationResult.FAILED;
        return Finding.unclear(
                isDenied ? Truth.FALSE : Truth.UNKNOWN,
                FailureReason.of(unknown.why()),
                "Cannot query LM Studio: %s%s".formatted(unknown.why().explanation(), howToDeleteAllTheSame(s)));
    }

    private static String howToDeleteAllTheSame(Situation s) {
        return s.desired().isDeleted()
                ? ". To delete the ManagedModel without verifying the unload, set annotation %s=true"
                        .formatted(ManagedModel.FORCE_RELEASE_ANNOTATION)
                : "";
    }
}
