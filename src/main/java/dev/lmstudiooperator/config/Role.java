package dev.lmstudiooperator.config;

/** What one process of the operator does. */
public enum Role {
    /** Drives the LM Studio of its node. */
    AGENT,
    /** Chooses nodes, notices lost agents and cleans up after them, for the whole cluster. */
    CONTROLLER,
    /** Agent and controller in one process: for a cluster of one GPU node, and for the demo. */
    ALL;

    public boolean isAgent() {
        return this != CONTROLLER;
    }

    public boolean isController() {
        return this != AGENT;
    }
}
