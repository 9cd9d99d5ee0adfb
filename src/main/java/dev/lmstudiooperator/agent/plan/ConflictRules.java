package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.Optional;

/** Resolves identifier conflicts. An identifier names one instance per node. */
final class ConflictRules {

    private ConflictRules() {}

    /** When the older ManagedModel is gone, the newer one is planned again. */
    static Optional<Decision> yieldToOlderClaimant(PlanInput s) {
        String claimant = s.surroundings().olderClaimant();
        return claimant == null
                ? Optional.empty()
                : Optional.of(Decision.rest(conflict(
                        "The older ManagedModel %s already uses the identifier %s on this node: choose another one"
                                .formatted(claimant, s.desired().identifier()))));
    }

    /** If two devices use one identifier, {@code lms unload} prompts for a choice and waits forever. */
    static Optional<Decision> yieldToLinkedDevice(PlanInput s) {
        return s.observation().isOnLinkedDevice(s.desired().identifier())
                ? Optional.of(
                        Decision.rest(conflict("A linked device already serves the identifier %s: choose another one"
                                .formatted(s.desired().identifier()))))
                : Optional.empty();
    }

    private static ConditionSummary conflict(String message) {
        return ConditionSummary.stalled(ConditionStatus.FALSE, Reason.IDENTIFIER_CONFLICT, message);
    }
}
