package dev.lmstudiooperator.controller.nodelifecycle;

/** The state of a node to which a ManagedModel is scheduled, as the controller knows it. */
public sealed interface NodeState {

    /** The heartbeat of its agent has not expired. */
    record Alive() implements NodeState {}

    /**
     * The heartbeat of its agent has expired, but the node is not lost yet: too many heartbeats stopped at once.
     *
     * @param message one sentence for users
     */
    record Suspect(String message) implements NodeState {}

    /** The heartbeat of its agent has expired, and the state of its models is unknown. */
    record Unreachable() implements NodeState {}

    /**
     * The heartbeat of its agent has expired, and the agent will not come back. Only a direct response of the API server
     * leads to this state, never a missing heartbeat or a cache.
     *
     * @param why the cause for users, such as "its LMStudioNode was deleted"
     * @param isLeftBehind whether its LMStudioNode still exists after its Kubernetes Node was deleted
     */
    record Deleted(String why, boolean isLeftBehind) implements NodeState {}
}
