package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;

/**
 * What a plan says about a ManagedModel.
 *
 * @param ready whether what the spec asks for is true now
 * @param available whether clients can use the model now
 * @param message one sentence for a person
 */
public record ConditionSummary(ConditionStatus ready, ConditionStatus available, Progress progress, Reason reason, String message) {

    static ConditionSummary reached(ConditionStatus available, Reason reason, String message) {
        return new ConditionSummary(ConditionStatus.TRUE, available, Progress.SETTLED, reason, message);
    }

    static ConditionSummary underWay(ConditionStatus available, Reason reason, String message) {
        return new ConditionSummary(ConditionStatus.FALSE, available, Progress.RECONCILING, reason, message);
    }

    static ConditionSummary unclear(ConditionStatus available, Reason reason, String message) {
        return new ConditionSummary(ConditionStatus.UNKNOWN, available, Progress.RECONCILING, reason, message);
    }

    static ConditionSummary stalled(ConditionStatus available, Reason reason, String message) {
        return new ConditionSummary(ConditionStatus.FALSE, available, Progress.STALLED, reason, message);
    }

    /** What may be said of it by an agent that others may take for lost. */
    ConditionSummary whileOverdue() {
        return ready == ConditionStatus.TRUE
                ? unclear(
                        unproven(available),
                        Reason.VERIFYING,
                        "The agent did not renew its node Lease in time; the model is verified again after the next renewal")
                : new ConditionSummary(ready, unproven(available), progress, reason, message);
    }

    private static ConditionStatus unproven(ConditionStatus truth) {
        return truth == ConditionStatus.TRUE ? ConditionStatus.UNKNOWN : truth;
    }
}
