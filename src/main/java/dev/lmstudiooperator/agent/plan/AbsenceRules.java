package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import java.util.Optional;

/** What is not loaded is loaded, if it may be and can be. They are asked last, so that no instance is there. */
final class AbsenceRules {

    private AbsenceRules() {}

    static Optional<Decision> backOffAfterFailure(Situation s) {
        return Backoff.awaitLoad(s, Truth.FALSE);
    }

    /** Not before its turn: a process that ends while it waits has not loaded anything. */
    static Optional<Decision> recordIntent(Situation s) {
        return s.isLoadBegun() || s.surroundings().turnOf() != null
                ? Optional.empty()
                : Optional.of(Decision.act(new Step.RecordIntent(), loading(s)));
    }

    /** What is on disk was looked at by the rules before: what cannot be loaded is stalled. */
    static Optional<Decision> load(Situation s) {
        return s.observation()
                .loadable(s.desired().modelKey())
                .map(model -> s.desired().loadRequest(model, s.observation().isOnlyOneOfItsPath(model)))
                .map(request ->
                        Turns.mutate(s, new Mutation.Load(request, s.desired().loadRevision()), loading(s)));
    }

    private static Finding loading(Situation s) {
        return Finding.underWay(
                Truth.FALSE,
                Reason.LOADING,
                "%s %s as %s"
                        .formatted(
                                s.history().recorded() != null && s.isLoadDone()
                                        ? "Model was evicted; reloading"
                                        : "Loading",
                                s.desired().modelKey(),
                                s.desired().identifier()));
    }
}
