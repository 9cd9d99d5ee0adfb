package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.Optional;

/** Establishes the preconditions of every operation. */
final class PreconditionRules {

    private PreconditionRules() {}

    /** Until the agent has evaluated a new spec, the conditions must not appear to refer to it. */
    static Optional<Decision> acknowledgeChangedSpec(PlanInput s) {
        long observed = s.history().observedGeneration();
        boolean isChanged = observed >= 0 && observed != s.desired().generation();
        return isChanged && !s.desired().isDeleted()
                ? Optional.of(Decision.act(
                        new Action.Acknowledge(),
                        ConditionSummary.unclear(
                                s.lastKnownAvailability(),
                                Reason.OBSERVING,
                                "Spec changed; observing the current state")))
                : Optional.empty();
    }

    static Optional<Decision> restWhileSuspended(PlanInput s) {
        if (!s.desired().isSuspended() || s.desired().isDeleted()) {
            return Optional.empty();
        }
        return Optional.of(Decision.rest(new ConditionSummary(
                ConditionStatus.FALSE,
                s.lastKnownAvailability(),
                Progress.SETTLED,
                Reason.SUSPENDED,
                "Suspended: nothing is loaded, renewed or unloaded until spec.suspend is false")));
    }

    /** Most operations belong to other ManagedModels. They do not invalidate a standing verification. */
    static Optional<Decision> lookAgainAfterAChange(PlanInput s) {
        if (s.observation().loaded().at().isAfter(s.surroundings().changedAt())) {
            return Optional.empty();
        }
        ConditionSummary finding = VerificationSchedule.standing(s)
                .map(InstanceRules::verified)
                .orElseGet(() -> ConditionSummary.unclear(
                        ConditionStatus.UNKNOWN,
                        Reason.OBSERVING,
                        "Refreshing the state after a load or unload on this node"));
        return Optional.of(Decision.act(new Action.Refresh(), finding));
    }
}
