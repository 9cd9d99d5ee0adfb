package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;

/**
 * What a plan says about a ManagedModel.
 *
 * @param ready whether what the spec asks for is true now
 * @param available whether clients can use the model now
 * @param message one sentence for a person
 */
public record Finding(Truth ready, Truth available, Progress progress, Reason reason, String message) {

    static Finding reached(Truth available, Reason reason, String message) {
        return new Finding(Truth.TRUE, available, Progress.SETTLED, reason, message);
    }

    static Finding underWay(Truth available, Reason reason, String message) {
        return new Finding(Truth.FALSE, available, Progress.RECONCILING, reason, message);
    }

    static Finding unclear(Truth available, Reason reason, String message) {
        return new Finding(Truth.UNKNOWN, available, Progress.RECONCILING, reason, message);
    }

    static Finding stalled(Truth available, Reason reason, String message) {
        return new Finding(Truth.FALSE, available, Progress.STALLED, reason, message);
    }

    /** What may be said of it by an agent that others may take for lost. */
    Finding whileOverdue() {
        return ready == Truth.TRUE
                ? unclear(
                        unproven(available),
                        Reason.VERIFYING,
                        "The agent did not renew its node Lease in time; the model is verified again after the next renewal")
                : new Finding(ready, unproven(available), progress, reason, message);
    }

    private static Truth unproven(Truth truth) {
        return truth == Truth.TRUE ? Truth.UNKNOWN : truth;
    }
}
