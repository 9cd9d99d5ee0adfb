package dev.lmstudiooperator.controller.lifecycle;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import java.util.List;

/** Decides what becomes of one ManagedModel, given what became of its node: the first rule that decides, wins. */
public final class Lifecycle {

    private static final List<Rule> RULES = List.of(
            // Who has no node has lost none.
            LifecycleRules::leaveWhatIsNotBound,
            // An agent speaks for itself.
            LifecycleRules::leaveWhatHasAnAgent,
            LifecycleRules::leaveWhatMayHaveAnAgent,
            // What is deleted is held for a proof, until nobody can give it any more.
            LifecycleRules::leaveWhatTheAgentDoesNotHold,
            LifecycleRules::releaseWhoseNodeIsGone,
            LifecycleRules::releaseByForce,
            // What has lost its node needs another, if it may have one.
            LifecycleRules::awaitThePinnedNode,
            LifecycleRules::bindAnew,
            // What nobody knows is said so.
            LifecycleRules::tellHowToRelease,
            LifecycleRules::takeOver);

    public Fate decide(ManagedModel model, NodeState node) {
        return RULES.stream()
                .flatMap(rule -> rule.decide(model, node).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No rule decides about " + model + " on a node " + node));
    }
}
