package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import java.util.List;

/** Decides what becomes of one ManagedModel, given what became of its node: the first rule that decides, wins. */
public final class LostNodePolicy {

    private static final List<Rule> RULES = List.of(
            // Who has no node has lost none.
            LostNodeRules::leaveWhatIsNotBound,
            // An agent speaks for itself.
            LostNodeRules::leaveWhatHasAnAgent,
            LostNodeRules::leaveWhatMayHaveAnAgent,
            // What is deleted is held for a proof, until nobody can give it any more.
            LostNodeRules::leaveWhatTheAgentDoesNotHold,
            LostNodeRules::releaseWhoseNodeIsGone,
            LostNodeRules::releaseByForce,
            // What has lost its node needs another, if it may have one.
            LostNodeRules::awaitThePinnedNode,
            LostNodeRules::bindAnew,
            // What nobody knows is said so.
            LostNodeRules::tellHowToRelease,
            LostNodeRules::takeOver);

    public LostNodeAction decide(ManagedModel model, NodeState node) {
        return RULES.stream()
                .flatMap(rule -> rule.decide(model, node).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No rule decides about " + model + " on a node " + node));
    }
}
