package dev.lmstudiooperator.agent;

import jakarta.enterprise.context.ApplicationScoped;

/** Starts looking at LM Studio. On shutdown nothing is unloaded. */
@ApplicationScoped
public class AgentLifecycle {

    private final LocalLmStudio node;

    AgentLifecycle(LocalLmStudio node) {
        this.node = node;
    }

    public void start() {
        node.start();
    }
}
