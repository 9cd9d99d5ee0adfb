package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;

/** The controller's action for a ManagedModel that is scheduled to a node. */
public sealed interface LostNodeAction {

    /** One sentence for users. */
    String message();

    /** No action: the node's agent reports the status, or is not lost yet. */
    record Ignore(String message) implements LostNodeAction {}

    /**
     * Sets the conditions {@code Ready} and {@code Available} in place of the agent. Either the agent is lost, so the
     * state of the model is unknown, or the node is gone, and no other node is allowed.
     *
     * @param truth the status of both conditions
     */
    record SetCondition(ConditionStatus truth, Reason reason, String message) implements LostNodeAction {}

    /** Removes the agent's finalizer from a deleted ManagedModel. Other finalizers stay. */
    record RemoveFinalizer(String message) implements LostNodeAction {}

    /**
     * Clears the node, so that the scheduler chooses another one. The agent's finalizer is removed first. Without a node,
     * no agent could remove it, and a deletion would hang.
     */
    record Reschedule(String message) implements LostNodeAction {}
}
