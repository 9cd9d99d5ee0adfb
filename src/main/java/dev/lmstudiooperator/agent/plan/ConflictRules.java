package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import java.util.Optional;

/** An identifier names one instance per node. */
final class ConflictRules {

    private ConflictRules() {}

    /** The end of the older one wakes the younger. */
    static Optional<Decision> yieldToOlderClaimant(PlanInput s) {
        String claimant = s.surroundings().olderClaimant();
        return claimant == null
                ? Optional.empty()
                : Optional.of(Decision.rest(conflict(
                        "The older ManagedModel %s already uses the identifier %s on this node: choose another one"
                                .formatted(claimant, s.desired().identifier()))));
    }

    /** {@code lms unload} asks a question, and waits for ever, when two devices use one identifier. */
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
