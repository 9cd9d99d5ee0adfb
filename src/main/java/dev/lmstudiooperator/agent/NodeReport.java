package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lease.NodeLeaseController;
import dev.lmstudiooperator.agent.lmstudionode.NodeStatusSyncer;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.config.NodeIdentity;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

/** Reports the observations of this node in its LMStudioNode. */
@ApplicationScoped
class NodeReport {

    private final AgentRuntime node;
    private final NodeStatusSyncer keeper;

    NodeReport(
            AgentRuntime node,
            NodeAgent agent,
            AgentSettings settings,
            NodeIdentity identity,
            ReconcileTrigger wakeups,
            NodeLeaseController tenure,
            KubernetesClient client,
            SteadyClock clock) {
        this.node = node;
        this.keeper = new NodeStatusSyncer(
                client,
                settings.node(identity),
                node.facts()::found,
                wakeups::owners,
                agent::isReleased,
                agent::unloadOrphans,
                () -> tenure.standing().mayAct(),
                clock);
    }

    void start() {
        node.tellRounds(keeper::looked);
        keeper.start();
    }

    @PreDestroy
    void stop() {
        keeper.close();
    }
}
