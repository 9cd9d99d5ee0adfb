package dev.lmstudiooperator.controller.lifecycle;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import java.util.Optional;

/** One piece of policy. It decides, or leaves the decision to the rules after it. */
@FunctionalInterface
interface Rule {
    Optional<Fate> decide(ManagedModel model, NodeState node);
}
