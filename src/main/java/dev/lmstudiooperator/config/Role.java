package dev.lmstudiooperator.config;

/** What one process of the operator does. */
public enum Role {
    /** Drives the LM Studio of its node. */
    AGENT,
    /** Agent, and the controller that binds every unbound ManagedModel to this node: for a cluster of one GPU node. */
    ALL;

    public boolean binds() {
        return this == ALL;
    }
}
