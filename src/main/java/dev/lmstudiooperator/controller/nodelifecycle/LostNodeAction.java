package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;

/** What the controller does about a ManagedModel that is bound to a node. */
public sealed interface LostNodeAction {

    /** One sentence for a person. */
    String message();

    /** Nothing: the node's agent speaks of it, or has not lost its say yet. */
    record Ignore(String message) implements LostNodeAction {}

    /** Says in the agent's place whether it is ready and available. */
    sealed interface SetCondition extends LostNodeAction {

        /** Of Ready and of Available. */
        ConditionStatus truth();

        Reason reason();
    }

    /** The agent cannot be asked what is served. */
    record MarkUnknown(String message) implements SetCondition {
        @Override
        public ConditionStatus truth() {
            return ConditionStatus.UNKNOWN;
        }

        @Override
        public Reason reason() {
            return Reason.AGENT_LOST;
        }
    }

    /** Nothing is served, and it may go nowhere else. */
    record MarkNodeGone(String message) implements SetCondition {
        @Override
        public ConditionStatus truth() {
            return ConditionStatus.FALSE;
        }

        @Override
        public Reason reason() {
            return Reason.NODE_GONE;
        }
    }

    /** Takes the agent's finalizer off a deleted ManagedModel. Other finalizers are not ours. */
    record RemoveFinalizer(String message) implements LostNodeAction {}

    /**
     * Forgets the node, so that another is chosen. The agent's finalizer goes first: what is bound nowhere has no agent to
     * take it off, and its deletion would hang.
     */
    record Reschedule(String message) implements LostNodeAction {}
}
