package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.Optional;

/** Unloads a second copy that a load of this agent left in memory. This takes precedence over other operations. */
final class DuplicateRules {

    private DuplicateRules() {}

    static Optional<Decision> drainThenUnloadOwnSecondCopy(PlanInput s) {
        return s.history().ownCopies().stream()
                .sorted()
                .flatMap(copy -> s.observation().instance(copy).stream())
                .findFirst()
                .map(copy -> UnloadPolicy.drainThenUnload(
                        s,
                        copy,
                        UnloadPolicy.drainDeadline(s),
                        ConditionSummary.underWay(
                                s.lastKnownAvailability(),
                                Reason.DUPLICATED,
                                "Unloading %s, a second copy left by a load of %s"
                                        .formatted(
                                                copy.identifier(), s.desired().identifier()))));
    }
}
