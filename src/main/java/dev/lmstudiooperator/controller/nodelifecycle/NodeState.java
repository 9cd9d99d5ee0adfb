package dev.lmstudiooperator.controller.nodelifecycle;

import java.time.Instant;

/** What the controller knows of the node that a ManagedModel is bound to. */
public sealed interface NodeState {

    /** Its agent renews its lease, or may yet. */
    record Alive() implements NodeState {}

    /**
     * Nothing is heard of its agent, which is not yet believed: too many fell silent at once.
     *
     * @param since the last sign of life
     * @param message one sentence for a person
     */
    record Suspect(Instant since, String message) implements NodeState {}

    /**
     * Its agent is silent, and nobody knows what it serves.
     *
     * @param since the last sign of life
     */
    record Unreachable(Instant since) implements NodeState {}

    /**
     * Its agent is silent and will not come back, as the API server said itself: nothing of this is guessed from a silence,
     * or from a cache.
     *
     * @param why for a person, such as "its LMStudioNode was deleted"
     * @param isLeftBehind whether its LMStudioNode is still there, though its Kubernetes Node was deleted
     */
    record Deleted(String why, boolean isLeftBehind) implements NodeState {}
}
