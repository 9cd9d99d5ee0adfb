package dev.lmstudiooperator.agent;

import jakarta.enterprise.context.ApplicationScoped;

/** Starts looking at LM Studio. On shutdown nothing is unloaded. */
@ApplicationScoped
public class AgentLifecycle {

    private final dev.lmstudiooperator.config.OperatorConfig config;
    private final LocalLmStudio node;

    AgentLifecycle(dev.lmstudiooperator.config.OperatorConfig config, LocalLmStudio node) {
        this.config = config;
        this.node = node;
    }

    public void start() {
        if (config.role().isAgent()) {
            node.start();
        }
    }
}
