package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import java.util.Optional;

/** One piece of policy. It decides, or leaves the decision to the rules after it. */
@FunctionalInterface
interface Rule {
    Optional<LostNodeAction> decide(ManagedModel model, NodeState node);
}
