package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import java.util.Optional;

/** What is not loaded is loaded, if it may be and can be. They are asked last, so that no instance is there. */
final class LoadRules {

    private LoadRules() {}

    static Optional<Decision> backOffAfterFailure(PlanInput s) {
        return Backoff.awaitLoad(s, ConditionStatus.FALSE);
    }

    /** Not before its turn: a process that ends while it waits has not loaded anything. */
    static Optional<Decision> recordIntent(PlanInput s) {
        return s.isLoadBegun() || s.surroundings().turnOf() != null
                ? Optional.empty()
                : Optional.of(Decision.act(new Action.RecordIntent(), loading(s)));
    }

    /** What is on disk was looked at by the rules before: what cannot be loaded is stalled. */
    static Optional<Decision> load(PlanInput s) {
        return s.observation()
                .loadable(s.desired().modelKey())
                .map(model -> s.desired().loadRequest(model, s.observation().isOnlyOneOfItsPath(model)))
                .map(request ->
                        UnloadPolicy.mutate(s, new ModelOperation.Load(request, s.desired().loadRevision()), loading(s)));
    }

    private static ConditionSummary loading(PlanInput s) {
        return ConditionSummary.underWay(
                ConditionStatus.FALSE,
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
