package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of planning one ManagedModel. A new decision waits for a change. {@link #doing} adds an action, and
 * {@link #until} a time to plan again.
 *
 * @param revisitAt when to plan again even without a change; empty when only a change matters
 * @param newFailure a failure that the planner found and that must be recorded; null if there is none
 * @param isRenewing whether to send the smallest possible request in addition to the action, which restarts the idle
 *     timer
 */
public record Decision(
        Action action,
        ConditionSummary summary,
        Optional<Instant> revisitAt,
        @Nullable Failure newFailure,
        boolean isRenewing) {

    /** The current state matches the spec. */
    public static Decision reached(ConditionStatus available, Reason reason, String message) {
        return waiting(new ConditionSummary(ConditionStatus.TRUE, available, Progress.SETTLED, reason, message));
    }

    /** An operation, a wait or a retry is in progress. */
    public static Decision underWay(ConditionStatus available, Reason reason, String message) {
        return waiting(new ConditionSummary(ConditionStatus.FALSE, available, Progress.RECONCILING, reason, message));
    }

    /** The agent does not know whether the current state matches the spec. */
    public static Decision unclear(ConditionStatus available, Reason reason, String message) {
        return waiting(new ConditionSummary(ConditionStatus.UNKNOWN, available, Progress.RECONCILING, reason, message));
    }

    /** Only manual intervention or an external change helps. */
    public static Decision stalled(ConditionStatus available, Reason reason, String message) {
        return waiting(new ConditionSummary(ConditionStatus.FALSE, available, Progress.STALLED, reason, message));
    }

    /** Waits for a change in any other state. */
    public static Decision waiting(ConditionSummary summary) {
        return new Decision(new Action.Wait(), summary, Optional.empty(), null, false);
    }

    /** Same decision with this action. */
    public Decision doing(Action action) {
        return new Decision(action, summary, revisitAt, newFailure, isRenewing);
    }

    /** Same decision about another summary. */
    public Decision withSummary(ConditionSummary other) {
        return new Decision(action, other, revisitAt, newFailure, isRenewing);
    }

    /** Same decision, but clients must not use the model any more. */
    public Decision notAvailable() {
        return withSummary(new ConditionSummary(
                summary.ready(), ConditionStatus.FALSE, summary.progress(), summary.reason(), summary.message()));
    }

    /** Same decision, while its action has to wait. */
    public Decision whileWaiting(Reason reason, String message) {
        return withSummary(
                new ConditionSummary(summary.ready(), summary.available(), Progress.RECONCILING, reason, message));
    }

    /** Same decision while the node Lease is overdue. */
    public Decision whileLeaseExpired() {
        return withSummary(summary.whileLeaseExpired());
    }

    /** Same decision that records a failure. */
    public Decision remembering(Failure failure) {
        return new Decision(action, summary, revisitAt, failure, isRenewing);
    }

    /** Same decision that also renews the TTL. */
    public Decision renewing() {
        return new Decision(action, summary, revisitAt, newFailure, true);
    }

    /** Plans again at that time at the latest. */
    public Decision until(Instant time) {
        Instant earliest = revisitAt.filter(time::isAfter).orElse(time);
        return new Decision(action, summary, Optional.of(earliest), newFailure, isRenewing);
    }

    /**
     * The decision when no operation is allowed: it keeps the condition summary and the renewal, which keeps the model
     * loaded.
     */
    public Decision withoutStep() {
        return new Decision(new Action.Wait(), summary, revisitAt, null, isRenewing);
    }
}
