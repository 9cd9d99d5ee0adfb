package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.VerificationSchedule;
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
                ? Optional.of(Decision.unclear(
                                s.lastKnownAvailability(),
                                Reason.OBSERVING,
                                "Spec changed; observing the current state")
                        .doing(new Action.Acknowledge()))
                : Optional.empty();
    }

    /** The agent acts on a complete spec or not at all. */
    static Optional<Decision> stallOnWhatCannotBeRead(PlanInput s) {
        return s.desired().unreadable().isEmpty()
                ? Optional.empty()
                : Optional.of(Decision.stalled(
                        s.lastKnownAvailability(),
                        Reason.INVALID_SPEC,
                        "%s. Correct the field or upgrade the operator"
                                .formatted(String.join("; ", s.desired().unreadable()))));
    }

    static Optional<Decision> waitWhileSuspended(PlanInput s) {
        return s.desired().isSuspended() && !s.desired().isDeleted()
                ? Optional.of(Decision.waiting(new ConditionSummary(
                        ConditionStatus.FALSE,
                        s.lastKnownAvailability(),
                        Progress.SETTLED,
                        Reason.SUSPENDED,
                        "Suspended: nothing is loaded, renewed or unloaded until spec.suspend is false")))
                : Optional.empty();
    }

    /** An operation of another ManagedModel on the identifier does not invalidate an earlier verification. */
    static Optional<Decision> refreshAfterAChange(PlanInput s) {
        if (s.observedAt().isAfter(s.nodeContext().changedAt())) {
            return Optional.empty();
        }
        return VerificationSchedule.valid(s)
                .map(InstanceRules::verified)
                .or(() -> Optional.of(Decision.unclear(
                        ConditionStatus.UNKNOWN,
                        Reason.OBSERVING,
                        "Refreshing the state after a load or unload of " + s.identifier())))
                .map(decision -> decision.doing(new Action.Refresh()));
    }
}
