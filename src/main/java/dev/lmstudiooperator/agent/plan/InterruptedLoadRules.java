package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits while LM Studio may still be processing an interrupted load. A second load can create a second copy. A listed
 * instance may not serve requests yet. After a release, the instance may still appear.
 */
final class InterruptedLoadRules {

    /** The delay until the agent checks again whether the load has ended. */
    static final Duration PAUSE = Duration.ofSeconds(2);

    private InterruptedLoadRules() {}

    static Optional<Decision> awaitOwn(PlanInput s) {
        return s.history().isLoadInterrupted()
                ? Optional.of(Decision.restUntil(s.now().plus(PAUSE), waiting(s)))
                : Optional.empty();
    }

    /** The reason for the aborted call is more useful in the status than the wait itself. */
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

    /** Memory is one resource: an interrupted load of another ManagedModel blocks this load. */
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
