package dev.lmstudiooperator.config;

/** Role of a process of the operator. */
public enum Role {
    /** Drives the LM Studio of its node. */
    AGENT,
    /** Schedules ManagedModels, detects lost agents and cleans up after them, for the whole cluster. */
    CONTROLLER,
    /** Agent and controller in one process, for a cluster with one GPU node and for the demo. */
    ALL;

    public boolean isAgent() {
        return this != CONTROLLER;
    }

    public boolean isController() {
        return this != AGENT;
    }
}
