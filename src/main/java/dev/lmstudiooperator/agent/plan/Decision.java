package dev.lmstudiooperator.agent.plan;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the planner decided.
 *
 * @param revisitAt when to plan again even if nothing happens; empty when only a change can matter
 * @param newFailure a failure that the planner itself found, to be remembered; null if there is none
 */
public record Decision(
        Step step,
        Finding finding,
        Optional<Instant> revisitAt,
        @Nullable Failure newFailure) {

    static Decision rest(Finding finding) {
        return new Decision(new Step.Rest(), finding, Optional.empty(), null);
    }

    static Decision restUntil(Instant time, Finding finding) {
        return new Decision(new Step.Rest(), finding, Optional.of(time), null);
    }

    static Decision act(Step step, Finding finding) {
        return new Decision(step, finding, Optional.empty(), null);
    }

    Decision whileOverdue() {
        return new Decision(step, finding.whileOverdue(), revisitAt, newFailure);
    }

    Decision remembering(Failure failure) {
        return new Decision(step, finding, revisitAt, failure);
    }
}
