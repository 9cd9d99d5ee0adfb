package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.Optional;

/** Loads a missing model. These rules are evaluated last, when no instance exists. */
final class LoadRules {

    private LoadRules() {}

    static Optional<Decision> backOffAfterFailure(PlanInput s) {
        return Backoff.awaitLoad(s, ConditionStatus.FALSE);
    }

    /**
     * The agent records the intent only when it has the slot. A process that ends while it waits has not loaded
     * anything.
     */
    static Optional<Decision> recordIntent(PlanInput s) {
        return s.isLoadBegun() || s.surroundings().turnOf() != null
                ? Optional.empty()
                : Optional.of(Decision.act(new Action.RecordIntent(), loading(s)));
    }

    /** Earlier rules have already checked the model on disk and stalled a model that cannot be loaded. */
    static Optional<Decision> load(PlanInput s) {
        return s.observation()
                .loadable(s.desired().modelKey())
                .map(model -> s.desired().loadRequest(model, s.observation().isOnlyOneOfItsPath(model)))
                .map(request -> UnloadPolicy.mutate(
                        s, new ModelOperation.Load(request, s.desired().loadRevision()), loading(s)));
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
