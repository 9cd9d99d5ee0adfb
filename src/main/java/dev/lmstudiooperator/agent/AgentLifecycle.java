package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lease.NodeLeaseController;
import dev.lmstudiooperator.agent.observer.Change;
import dev.lmstudiooperator.config.OperatorConfig;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Starts the agent. Observation starts as soon as no other process on this machine is the agent. On shutdown, the agent
 * unloads nothing.
 */
@ApplicationScoped
public class AgentLifecycle {

    private final OperatorConfig config;
    private final NodeLeaseController tenure;
    private final AgentRuntime node;
    private final NodeReport report;
    private final ReconcileTrigger wakeups;

    AgentLifecycle(
            OperatorConfig config,
            NodeLeaseController tenure,
            AgentRuntime node,
            NodeReport report,
            ReconcileTrigger wakeups) {
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
