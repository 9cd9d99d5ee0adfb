package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import java.util.Optional;

/** While LM Studio is being changed for this ManagedModel. */
final class RunningRules {

    private RunningRules() {}

    static Optional<Decision> cancelWhatIsNoLongerWanted(Situation s) {
        if (!(s.history().running() instanceof Mutation.Load load)) {
            return Optional.empty();
        }
        boolean isWanted = !s.desired().isDeleted()
                && !s.desired().isSuspended()
                && load.loadRevision().equals(s.desired().loadRevision());
        return isWanted
                ? Optional.empty()
                : Optional.of(Decision.act(
                        new Step.Cancel(),
                        Finding.underWay(
                                Truth.FALSE,
                                Reason.LOADING,
                                "Cancelling the load of %s, which is no longer requested"
                                        .formatted(load.request().modelKey()))));
    }

    static Optional<Decision> awaitWhatIsRunning(Situation s) {
        Mutation running = s.history().running();
        if (running == null) {
            return Optional.empty();
        }
        return Optional.of(Decision.rest(
                switch (running) {
                    case Mutation.Load load ->
                        Finding.underWay(
                                Truth.FALSE,
                                Reason.LOADING,
                                "Loading %s as %s".formatted(load.request().modelKey(), load.identifier()));
                    case Mutation.Unload unload ->
                        Finding.underWay(Truth.FALSE, Reason.UNLOADING, "Unloading " + unload.identifier());
                }));
    }
}
