package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.Optional;

/** Ensures that the agent acts on a complete spec or not at all. */
final class SpecRules {

    private SpecRules() {}

    static Optional<Decision> stallOnWhatCannotBeRead(PlanInput s) {
        return s.desired().unreadable().isEmpty()
                ? Optional.empty()
                : Optional.of(Decision.rest(ConditionSummary.stalled(
                        s.lastKnownAvailability(),
                        Reason.INVALID_SPEC,
                        "%s. Correct the field or upgrade the operator"
                                .formatted(String.join("; ", s.desired().unreadable())))));
    }
}
