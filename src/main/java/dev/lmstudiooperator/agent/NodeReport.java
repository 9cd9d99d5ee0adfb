package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.node.NodeKeeper;
import dev.lmstudiooperator.agent.tenure.Tenure;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.config.NodeIdentity;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

/** Tells the API server of this node what its observer sees. */
@ApplicationScoped
class NodeReport {

    private final LocalLmStudio node;
    private final NodeKeeper keeper;

    NodeReport(
            LocalLmStudio node,
            NodeAgent agent,
            AgentSettings settings,
            NodeIdentity identity,
            Wakeups wakeups,
            Tenure tenure,
            KubernetesClient client,
            SteadyClock clock) {
        this.node = node;
        this.keeper = new NodeKeeper(
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
