package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import java.util.List;

/** Decides the action for one ManagedModel from the state of its node. The first rule that matches decides. */
public final class LostNodePolicy {

    private static final List<Rule> RULES = List.of(
            // A ManagedModel without a node has lost none.
            LostNodeRules::leaveWhatIsNotBound,
            // A live agent reports the status itself.
            LostNodeRules::leaveWhatHasAnAgent,
            LostNodeRules::leaveWhatMayHaveAnAgent,
            // A deleted ManagedModel waits for verification of its unload, as long as verification is possible.
            LostNodeRules::leaveWhatTheAgentDoesNotHold,
            LostNodeRules::releaseWhoseNodeIsGone,
            LostNodeRules::releaseByForce,
            // A deleted node is replaced by another one, if the spec allows it.
            LostNodeRules::awaitThePinnedNode,
            LostNodeRules::bindAnew,
            // If the state of the model is unknown, the status reports that.
            LostNodeRules::tellHowToRelease,
            LostNodeRules::takeOver);

    public LostNodeAction decide(ManagedModel model, NodeState node) {
        return RULES.stream()
                .flatMap(rule -> rule.decide(model, node).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No rule decides about " + model + " on a node " + node));
    }
}
