package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Determines whether a node is alive, unreachable or deleted. Before it reports a node as unhealthy, it reads the API
 * server without a cache. A stalled watch would otherwise make all heartbeats appear lost.
 */
public final class NodeHealthEvaluator {

    private static final Logger LOG = Logger.getLogger(NodeHealthEvaluator.class);

    /** The ManagedModels of a node share one result, and therefore its requests to the API server. */
    private static final Duration SHARED_FOR = Duration.ofSeconds(5);

    /** Interval of the check whether an unreachable node was deleted. A watch reports when the node is back. */
    private static final Duration BETWEEN_REVIEWS = Duration.ofSeconds(60);

    private record Evaluation(NodeState state, Instant at) {}

    private final KubernetesClient client;
    private final String namespace;
    private final NodeHeartbeatMonitor monitor;
    private final Map<String, Evaluation> shared = new ConcurrentHashMap<>();

    /** @param namespace the namespace of the node Leases */
    public NodeHealthEvaluator(KubernetesClient client, String namespace, NodeHeartbeatMonitor monitor) {
        this.client = client;
        this.namespace = namespace;
        this.monitor = monitor;
    }

    /** The state of the node. It may be a few seconds old. */
    public NodeState of(String nodeName) {
        if (!monitor.isExpired(nodeName)) {
            shared.remove(nodeName);
            return new NodeState.Alive();
        }
        Heartbeat heartbeat = monitor.heartbeat(nodeName);
        Instant now = monitor.now();
        return shared.compute(
                        nodeName,
                        (name, last) -> last != null && now.isBefore(last.at().plus(SHARED_FOR))
                                ? last
                                : evaluate(heartbeat, last, now))
                .state();
    }

    /** Discards the shared result after the node has changed. */
    public void reconsider(String nodeName) {
        shared.remove(nodeName);
    }

    /** The delay until the next evaluation. Watches report earlier changes. */
    public Duration reviewIn(String nodeName, NodeState state) {
        return switch (state) {
            case NodeState.Alive alive -> {
                Duration left = Duration.between(
                        monitor.now(), monitor.heartbeat(nodeName).expiresAt());
                yield left.isPositive() ? left : Duration.ofMillis(1);
            }
            case NodeState.Suspect suspect -> SHARED_FOR;
            case NodeState.Unreachable lost -> BETWEEN_REVIEWS;
            case NodeState.Deleted gone -> BETWEEN_REVIEWS;
        };
    }

    private Evaluation evaluate(Heartbeat heartbeat, @Nullable Evaluation last, Instant now) {
        NodeState state = examine(heartbeat);
        if (last == null && !(state instanceof NodeState.Alive)) {
            LogEvent.of("Node heartbeat lost")
                    .with(LogField.NODE, heartbeat.nodeName())
                    .with(LogField.SINCE, heartbeat.observedAt())
                    .warn(LOG);
        }
        return new Evaluation(state, now);
    }

    private NodeState examine(Heartbeat heartbeat) {
        String nodeName = heartbeat.nodeName();
        Lease lease = client.leases()
                .inNamespace(namespace)
                .withName(NodeLease.nameFor(nodeName))
                .get();
        if (lease != null) {
            monitor.observed(nodeName, lease);
        }
        if (!monitor.isExpired(nodeName)) {
            return new NodeState.Alive();
        }
        Optional<ClusterDisruption> disruption = monitor.disruptionOf(heartbeat);
        if (disruption.isPresent()) {
            return new NodeState.Suspect(disruption.get().message());
        }
        return absence(nodeName).<NodeState>map(gone -> gone).orElseGet(NodeState.Unreachable::new);
    }

    /** Why the node will not come back; empty while it may come back. */
    private Optional<NodeState.Deleted> absence(String nodeName) {
        LMStudioNode node =
                client.resources(LMStudioNode.class).withName(nodeName).get();
        if (node == null) {
            return Optional.of(new NodeState.Deleted("its LMStudioNode was deleted", false));
        }
        String uid = Optional.ofNullable(node.getStatus())
                .map(LMStudioNodeStatus::nodeUID)
                .orElse(null);
        if (uid == null) {
            return Optional.empty();
        }
        Node machine = client.nodes().withName(nodeName).get();
        if (machine == null) {
            return Optional.of(new NodeState.Deleted("its Kubernetes Node was deleted", true));
        }
        return machine.getMetadata().getUid().equals(uid)
                ? Optional.empty()
                : Optional.of(new NodeState.Deleted("its Kubernetes Node was replaced by another one", false));
    }
}
