package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.Optional;

/** Resolves identifier conflicts. An identifier names one instance per node. */
final class ConflictRules {

    private ConflictRules() {}

    /** When the older ManagedModel is gone, the newer one is planned again. */
    static Optional<Decision> yieldToOlderOwner(PlanInput s) {
        return Optional.ofNullable(s.nodeContext().olderOwner())
                .map(other -> stall(
                        "The older ManagedModel %s already uses the identifier %s on this node: choose another one"
                                .formatted(other, s.identifier())));
    }

    /** If two devices use one identifier, {@code lms unload} prompts for a choice and waits forever. */
    static Optional<Decision> yieldToLinkedDevice(PlanInput s) {
        return s.isOnLinkedDevice()
                ? Optional.of(stall("A linked device already serves the identifier %s: choose another one"
                        .formatted(s.identifier())))
                : Optional.empty();
    }

    private static Decision stall(String message) {
        return Decision.stalled(ConditionStatus.FALSE, Reason.IDENTIFIER_CONFLICT, message);
    }

    /** A load of this agent left a second copy in memory. Its unload takes precedence over other operations. */
    static Optional<Decision> drainThenUnloadOwnSecondCopy(PlanInput s) {
        return s.history().ownCopies().stream()
                .sorted()
                .flatMap(copy -> s.observation().instance(copy).stream())
                .findFirst()
                .map(copy -> OperationPolicy.drainThenUnload(
                        s,
                        copy,
                        Decision.underWay(
                                s.lastKnownAvailability(),
                                Reason.DUPLICATED,
                                "Unloading %s, a second copy left by a load of %s"
                                        .formatted(copy.identifier(), s.identifier()))));
    }
}
