package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;

/**
 * Summarizes the conditions of a ManagedModel that a plan results in.
 *
 * @param ready whether the current state matches the spec
 * @param available whether clients can use the model now
 * @param message one human-readable sentence
 */
public record ConditionSummary(
        ConditionStatus ready, ConditionStatus available, Progress progress, Reason reason, String message) {

    /** Whether the ManagedModel is making progress. */
    public enum Progress {
        /** The current state matches the spec, or no progress is requested. */
        SETTLED,
        /** An operation, a wait or a retry is in progress. */
        RECONCILING,
        /** Progress requires manual intervention or an external change. */
        STALLED
    }

    /** The summary while the node Lease is overdue. The controller may already have marked the node as lost. */
    ConditionSummary whileLeaseExpired() {
        return ready == ConditionStatus.TRUE
                ? new ConditionSummary(
                        ConditionStatus.UNKNOWN,
                        unverified(available),
                        Progress.RECONCILING,
                        Reason.VERIFYING,
                        "The agent did not renew its node Lease in time; the model is verified again after the next renewal")
                : new ConditionSummary(ready, unverified(available), progress, reason, message);
    }

    private static ConditionStatus unverified(ConditionStatus truth) {
        return truth == ConditionStatus.TRUE ? ConditionStatus.UNKNOWN : truth;
    }
}
