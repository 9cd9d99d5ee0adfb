package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.config.OperatorConfig;
import jakarta.enterprise.context.ApplicationScoped;

/** Starts looking at LM Studio. On shutdown nothing is unloaded. */
@ApplicationScoped
public class AgentLifecycle {

    private final LocalLmStudio node;
    private final NodeReport report;
    private final OperatorConfig config;

    AgentLifecycle(LocalLmStudio node, NodeReport report, OperatorConfig config) {
        this.node = node;
        this.report = report;
        this.config = config;
    }

    public void start() {
        if (config.role().isAgent()) {
            report.start();
            node.start();
        }
    }
}
