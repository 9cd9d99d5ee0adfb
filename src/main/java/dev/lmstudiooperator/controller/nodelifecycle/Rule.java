package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import java.util.Optional;

/** One rule of the policy. An empty result leaves the decision to the following rules. */
@FunctionalInterface
interface Rule {
    Optional<LostNodeAction> decide(ManagedModel model, NodeState node);
}
