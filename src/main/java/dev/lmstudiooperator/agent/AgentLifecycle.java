package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.observe.Change;
import dev.lmstudiooperator.agent.tenure.Tenure;
import dev.lmstudiooperator.config.OperatorConfig;
import jakarta.enterprise.context.ApplicationScoped;

/** Starts looking at LM Studio, as soon as nobody else on this machine does. On shutdown nothing is unloaded. */
@ApplicationScoped
public class AgentLifecycle {

    private final OperatorConfig config;
    private final Tenure tenure;
    private final LocalLmStudio node;
    private final NodeReport report;
    private final Wakeups wakeups;

    AgentLifecycle(OperatorConfig config, Tenure tenure, LocalLmStudio node, NodeReport report, Wakeups wakeups) {
        this.config = config;
        this.tenure = tenure;
        this.node = node;
        this.report = report;
        this.wakeups = wakeups;
    }

    public void start() {
        if (config.role().isAgent()) {
            report.start();
            tenure.begin(node::start, () -> wakeups.wake(new Change.Everything()));
        }
    }
}
