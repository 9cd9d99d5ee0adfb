package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import java.util.Optional;

/** What must be known before anything is changed. */
final class KnowledgeRules {

    private KnowledgeRules() {}

    /** Until a new spec has been looked at, nobody may take the verdict on the old one for a verdict on it. */
    static Optional<Decision> acknowledgeChangedSpec(Situation s) {
        long observed = s.history().observedGeneration();
        boolean isChanged = observed >= 0 && observed != s.desired().generation();
        return isChanged && !s.desired().isDeleted()
                ? Optional.of(Decision.act(
                        new Step.Acknowledge(),
                        Finding.unclear(
                                s.lastKnownAvailability(),
                                Reason.OBSERVING,
                                "Spec changed; observing the current state")))
                : Optional.empty();
    }

    static Optional<Decision> restWhileSuspended(Situation s) {
        if (!s.desired().isSuspended() || s.desired().isDeleted()) {
            return Optional.empty();
        }
        return Optional.of(Decision.rest(new Finding(
                Truth.FALSE,
                s.lastKnownAvailability(),
                Progress.SETTLED,
                Reason.SUSPENDED,
                "Suspended: nothing is loaded, renewed or unloaded until spec.suspend is false")));
    }

    /** Most changes are somebody else's: they take no proof back either. */
    static Optional<Decision> lookAgainAfterAChange(Situation s) {
        if (s.observation().loaded().at().isAfter(s.surroundings().changedAt())) {
            return Optional.empty();
        }
        Finding finding = Checks.standing(s)
                .map(InstanceRules::verified)
                .orElseGet(() -> Finding.unclear(
                        Truth.UNKNOWN, Reason.OBSERVING, "Refreshing the state after a load or unload on this node"));
        return Optional.of(Decision.act(new Step.Look(), finding));
    }
}
