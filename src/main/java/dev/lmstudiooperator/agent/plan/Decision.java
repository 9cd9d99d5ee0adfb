package dev.lmstudiooperator.agent.plan;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the planner decided.
 *
 * @param revisitAt when to plan again even if nothing happens; empty when only a change can matter
 * @param newFailure a failure that the planner itself found, to be remembered; null if there is none
 * @param isRenewing whether to send the smallest real request beside the step, so that the idle timer starts again
 */
public record Decision(
        Action step,
        ConditionSummary finding,
        Optional<Instant> revisitAt,
        @Nullable Failure newFailure,
        boolean isRenewing) {

    static Decision rest(ConditionSummary finding) {
        return new Decision(new Action.Wait(), finding, Optional.empty(), null, false);
    }

    static Decision restUntil(Instant time, ConditionSummary finding) {
        return new Decision(new Action.Wait(), finding, Optional.of(time), null, false);
    }

    static Decision act(Action step, ConditionSummary finding) {
        return new Decision(step, finding, Optional.empty(), null, false);
    }

    Decision whileOverdue() {
        return finding(finding.whileOverdue());
    }

    Decision finding(ConditionSummary other) {
        return new Decision(step, other, revisitAt, newFailure, isRenewing);
    }

    Decision remembering(Failure failure) {
        return new Decision(step, finding, revisitAt, failure, isRenewing);
    }

    Decision renewing() {
        return new Decision(step, finding, revisitAt, newFailure, true);
    }

    /** Plans again at that time at the latest. */
    Decision revisitedAt(Instant time) {
        Instant earliest = revisitAt.filter(time::isAfter).orElse(time);
        return new Decision(step, finding, Optional.of(earliest), newFailure, isRenewing);
    }

    /** What is left of it when nothing may be changed: the finding, and what keeps a model loaded. */
    public Decision withoutStep() {
        return new Decision(new Action.Wait(), finding, revisitAt, null, isRenewing);
    }
}
