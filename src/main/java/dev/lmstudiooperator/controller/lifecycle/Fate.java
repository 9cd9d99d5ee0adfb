package dev.lmstudiooperator.controller.lifecycle;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;

/** What the controller does about a ManagedModel that is bound to a node. */
public sealed interface Fate {

    /** One sentence for a person. */
    String message();

    /** Nothing: the node's agent speaks of it, or has not lost its say yet. */
    record Leave(String message) implements Fate {}

    /** Says in the agent's place whether it is ready and available. */
    sealed interface Speak extends Fate {

        /** Of Ready and of Available. */
        Truth truth();

        Reason reason();
    }

    /** The agent cannot be asked what is served. */
    record TakeOver(String message) implements Speak {
        @Override
        public Truth truth() {
            return Truth.UNKNOWN;
        }

        @Override
        public Reason reason() {
            return Reason.AGENT_LOST;
        }
    }

    /** Nothing is served, and it may go nowhere else. */
    record AwaitPinned(String message) implements Speak {
        @Override
        public Truth truth() {
            return Truth.FALSE;
        }

        @Override
        public Reason reason() {
            return Reason.NODE_GONE;
        }
    }

    /** Takes the agent's finalizer off a deleted ManagedModel. Other finalizers are not ours. */
    record Release(String message) implements Fate {}

    /**
     * Forgets the node, so that another is chosen. The agent's finalizer goes first: what is bound nowhere has no agent to
     * take it off, and its deletion would hang.
     */
    record Rebind(String message) implements Fate {}
}
