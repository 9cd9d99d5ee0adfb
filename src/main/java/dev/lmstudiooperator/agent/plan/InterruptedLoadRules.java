package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * While LM Studio may still carry out a load whose end nobody saw. A second load would bring a second copy, what is listed
 * may not serve yet, and what is let go may still arrive.
 */
final class InterruptedLoadRules {

    /** Until the next look at whether it has ended. */
    static final Duration PAUSE = Duration.ofSeconds(2);

    private InterruptedLoadRules() {}

    static Optional<Decision> awaitOwn(PlanInput s) {
        return s.history().isLoadInterrupted()
                ? Optional.of(Decision.restUntil(s.now().plus(PAUSE), waiting(s)))
                : Optional.empty();
    }

    /** Why the call was given up matters more to people than what is waited for. */
    private static ConditionSummary waiting(PlanInput s) {
        Failure failure = s.history().failure();
        return failure == null
                ? ConditionSummary.underWay(
                        ConditionStatus.FALSE,
                        Reason.LOADING,
                        "Waiting for LM Studio, which may still be loading %s as %s: the call of lms load was interrupted"
                                .formatted(s.desired().modelKey(), s.desired().identifier()))
                : ConditionSummary.underWay(
                        ConditionStatus.FALSE,
                        failure.reason(),
                        "%s. Waiting for LM Studio, which may still be loading it".formatted(failure.message()));
    }

    /** Memory is one resource. */
    static Optional<Decision> awaitAnothers(PlanInput s) {
        String other = s.surroundings().interruptedLoadOf();
        return other != null && ReloadCheck.isLoadAhead(s)
                ? Optional.of(Decision.restUntil(
                        s.now().plus(PAUSE),
                        ConditionSummary.underWay(
                                s.lastKnownAvailability(),
                                Reason.WAITING_FOR_TURN,
                                "Waiting for %s, whose model LM Studio may still be loading".formatted(other))))
                : Optional.empty();
    }
}
