package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.Optional;

/** Decides while an operation is running for this ManagedModel. */
final class InFlightRules {

    private InFlightRules() {}

    static Optional<Decision> cancelWhatIsNoLongerWanted(PlanInput s) {
        if (!(s.history().running() instanceof ModelOperation.Load load)) {
            return Optional.empty();
        }
        boolean isWanted = !s.desired().isDeleted()
                && !s.desired().isSuspended()
                && load.loadRevision().equals(s.desired().loadRevision());
        return isWanted
                ? Optional.empty()
                : Optional.of(Decision.act(
                        new Action.Cancel(),
                        ConditionSummary.underWay(
                                ConditionStatus.FALSE,
                                Reason.LOADING,
                                "Cancelling the load of %s, which is no longer requested"
                                        .formatted(load.request().modelKey()))));
    }

    static Optional<Decision> awaitWhatIsRunning(PlanInput s) {
        ModelOperation running = s.history().running();
        if (running == null) {
            return Optional.empty();
        }
        return Optional.of(Decision.rest(
                switch (running) {
                    case ModelOperation.Load load ->
                        ConditionSummary.underWay(
                                ConditionStatus.FALSE,
                                Reason.LOADING,
                                "Loading %s as %s".formatted(load.request().modelKey(), load.identifier()));
                    case ModelOperation.Unload unload ->
                        ConditionSummary.underWay(
                                ConditionStatus.FALSE, Reason.UNLOADING, "Unloading " + unload.identifier());
                }));
    }
}
