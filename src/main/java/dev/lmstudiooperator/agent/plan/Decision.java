package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of planning one ManagedModel.
 *
 * @param revisitAt when to plan again even without a change; empty when only a change matters
 * @param newFailure a failure that the planner found and that must be recorded; null if there is none
 * @param isRenewing whether to send the smallest possible request in addition to the action, which restarts the idle
 *     timer
 */
public record Decision(
        Action step,
        ConditionSummary finding,
        Optional<Instant> revisitAt,
        @Nullable Failure newFailure,
        boolean isRenewing) {

    public static Decision act(Action step, ConditionSummary finding) {
        return new Decision(step, finding, Optional.empty(), null, false);
    }

    public static Decision rest(ConditionSummary finding) {
        return act(new Action.Wait(), finding);
    }

    public static Decision restUntil(Instant time, ConditionSummary finding) {
        return rest(finding).revisitedAt(time);
    }

    /** Waits for a change, because only a change helps. */
    public static Decision stall(ConditionStatus available, Reason reason, String message) {
        return rest(ConditionSummary.stalled(available, reason, message));
    }

    public Decision finding(ConditionSummary other) {
        return new Decision(step, other, revisitAt, newFailure, isRenewing);
    }

    public Decision remembering(Failure failure) {
        return new Decision(step, finding, revisitAt, failure, isRenewing);
    }

    public Decision renewing() {
        return new Decision(step, finding, revisitAt, newFailure, true);
    }

    /** Plans again at that time at the latest. */
    public Decision revisitedAt(Instant time) {
        Instant earliest = revisitAt.filter(time::isAfter).orElse(time);
        return new Decision(step, finding, Optional.of(earliest), newFailure, isRenewing);
    }

    /**
     * The decision when no operation is allowed: it keeps the condition summary and the renewal, which keeps the model
     * loaded.
     */
    public Decision withoutStep() {
        return new Decision(new Action.Wait(), finding, revisitAt, null, isRenewing);
    }
}
