package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Duration;
import java.util.Optional;

/** Decides while an operation is running for this ManagedModel, or LM Studio may still process an interrupted load. */
final class InFlightRules {

    /** The delay until the agent checks again whether an interrupted load has ended. */
    static final Duration PAUSE = Duration.ofSeconds(2);

    private InFlightRules() {}

    static Optional<Decision> cancelWhatIsNoLongerWanted(PlanInput s) {
        return s.history().running() instanceof ModelOperation.Load load && !isWanted(s, load)
                ? Optional.of(loading("Cancelling the load of %s, which is no longer requested"
                                .formatted(load.request().modelKey()))
                        .doing(new Action.Cancel()))
                : Optional.empty();
    }

    private static boolean isWanted(PlanInput s, ModelOperation.Load load) {
        return !s.desired().isDeleted()
                && !s.desired().isSuspended()
                && load.loadRevision().equals(s.desired().loadRevision());
    }

    static Optional<Decision> awaitWhatIsRunning(PlanInput s) {
        return switch (s.history().running()) {
            case ModelOperation.Load load ->
                Optional.of(loading("Loading %s as %s".formatted(load.request().modelKey(), load.identifier())));
            case ModelOperation.Unload unload ->
                Optional.of(
                        Decision.underWay(ConditionStatus.FALSE, Reason.UNLOADING, "Unloading " + unload.identifier()));
            case null -> Optional.empty();
        };
    }

    /**
     * Waits while LM Studio may still be processing an interrupted load. A second load can create a second copy. A
     * listed instance may not serve requests yet. After a release, the instance may still appear.
     */
    static Optional<Decision> awaitInterruptedLoad(PlanInput s) {
        return s.history().isLoadInterrupted()
                ? Optional.of(waiting(s).until(s.now().plus(PAUSE)))
                : Optional.empty();
    }

    /** The reason for the aborted call is more useful in the status than the wait itself. */
    private static Decision waiting(PlanInput s) {
        Failure failure = s.history().failure();
        return failure == null
                ? loading(
                        "Waiting for LM Studio, which may still be loading %s as %s: the call of lms load was interrupted"
                                .formatted(s.modelKey(), s.identifier()))
                : Decision.underWay(
                        ConditionStatus.FALSE,
                        failure.reason(),
                        "%s. Waiting for LM Studio, which may still be loading it".formatted(failure.message()));
    }

    private static Decision loading(String message) {
        return Decision.underWay(ConditionStatus.FALSE, Reason.LOADING, message);
    }

    /** Memory is one resource: an interrupted load of another ManagedModel blocks this load. */
    static Optional<Decision> awaitInterruptedLoadOfAnother(PlanInput s) {
        return Optional.ofNullable(s.nodeContext().interruptedLoadOf())
                .filter(other -> s.isLoadAhead())
                .map(other -> Decision.underWay(
                                s.lastKnownAvailability(),
                                Reason.WAITING_FOR_TURN,
                                "Waiting for %s, whose model LM Studio may still be loading".formatted(other))
                        .until(s.now().plus(PAUSE)));
    }
}
