package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.managedmodel.PlanInputFactory;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Drift;
import dev.lmstudiooperator.lmstudio.Instance;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Optional;

/** Decides whether a ManagedModel is at rest, and whether its status is true. */
record AtRest(SimulatedNode node, ResourceID owner) {

    /** Whether the model is settled, or waits for a backoff. */
    boolean isReached() {
        return node.lastDecision(owner)
                .filter(decision -> decision.action() instanceof Action.Wait)
                .filter(decision -> isSettled(decision) || isBackingOff(decision))
                .isPresent();
    }

    boolean isTrue() {
        Desired desired = desired();
        ConditionSummary summary = node.lastDecision(owner).orElseThrow().summary();
        Optional<Instance> instance = node.instance(desired.identifier());
        boolean isAsDesired =
                instance.filter(i -> !Drift.between(desired, i).exists()).isPresent();
        return switch (summary.reason()) {
            case VERIFIED -> isAsDesired;
            case EXPIRED -> desired.isTemporary() && !isAsDesired;
            case SUSPENDED -> desired.isSuspended();
            case MODEL_NOT_FOUND -> !node.lmStudio().isOnDisk(desired.modelKey());
            case IDENTIFIER_CONFLICT ->
                node.owners().stream()
                                .map(other -> Desired.identifier(node.get(other).orElseThrow()))
                                .filter(desired.identifier()::equals)
                                .count()
                        > 1;
            case INSUFFICIENT_MEMORY, SETTINGS_NOT_HONORED -> !isAsDesired;
            default -> isBackingOff(node.lastDecision(owner).orElseThrow());
        };
    }

    Desired desired() {
        return Desired.of(node.get(owner).orElseThrow());
    }

    /** Whether the agent must not act on the model now, whatever is in memory. */
    boolean isHandsOff() {
        return node.lastDecision(owner)
                .filter(decision -> isBackingOff(decision)
                        || switch (decision.summary().reason()) {
                            case SUSPENDED, IDENTIFIER_CONFLICT -> true;
                            default -> false;
                        })
                .isPresent();
    }

    private boolean isSettled(Decision decision) {
        return decision.summary().progress() != Progress.RECONCILING;
    }

    private boolean isBackingOff(Decision decision) {
        return decision.revisitAt().isPresent()
                && PlanInputFactory.status(node.get(owner).orElseThrow()).lastError() != null
                && switch (decision.summary().reason()) {
                    case INSUFFICIENT_MEMORY, LOAD_FAILED, TIMED_OUT -> true;
                    default -> false;
                };
    }
}
