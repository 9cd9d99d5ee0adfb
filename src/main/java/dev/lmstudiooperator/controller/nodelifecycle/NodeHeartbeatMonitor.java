package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Monitors the heartbeats of all agents. If most of them stop, it first suspects the controller itself. */
public final class NodeHeartbeatMonitor {

    private static final Logger LOG = Logger.getLogger(NodeHeartbeatMonitor.class);

    /** All nodes are assessed together and share the result. */
    private static final Duration SHARED_FOR = Duration.ofSeconds(1);

    private final PrimaryCache<LMStudioNode> nodes;
    private final InstantSource steadyClock;
    private final HeartbeatTracker tracker = new HeartbeatTracker();
    private final Set<Instant> logged = new HashSet<>();
    private ClusterDisruption.Assessment assessment = new ClusterDisruption.Assessment(List.of());
    private Instant assessedAt = Instant.MIN;

    /** @param steadyClock a clock that is never adjusted */
    public NodeHeartbeatMonitor(PrimaryCache<LMStudioNode> nodes, InstantSource steadyClock) {
        this.nodes = nodes;
        this.steadyClock = steadyClock;
    }

    /** Watches the Leases of all nodes until the result is closed. Returns after all existing Leases are recorded. */
    public SharedIndexInformer<Lease> watch(KubernetesClient client, String namespace) {
        return client.leases().inNamespace(namespace).withLabel(NodeLease.LABEL).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Lease lease) {
                NodeLease.nodeOf(lease).ifPresent(node -> observed(node, lease));
            }

            @Override
            public void onUpdate(Lease before, Lease lease) {
                onAdd(lease);
            }

            @Override
            public void onDelete(Lease lease, boolean isFinalStateUnknown) {
                NodeLease.nodeOf(lease).ifPresent(node -> gone(node));
            }
        });
    }

    Instant now() {
        return steadyClock.instant();
    }

    /** Records that the node's Lease exists. An unchanged Lease is not a heartbeat. */
    void observed(String nodeName, Lease lease) {
        boolean wasExpired = isExpired(nodeName);
        if (tracker.observed(nodeName, lease, now()) || (wasExpired && !isExpired(nodeName))) {
            LogEvent.of("Node heartbeat restored").with(LogField.NODE, nodeName).info(LOG);
            nodes.reconcile(new ResourceID(nodeName));
        }
    }

    private void gone(String nodeName) {
        tracker.gone(nodeName, now());
        nodes.reconcile(new ResourceID(nodeName));
    }

    Heartbeat heartbeat(String nodeName) {
        return tracker.heartbeat(nodeName, now());
    }

    /**
     * Whether the heartbeat of the node is missing. A new leader knows no earlier heartbeats. To it, a node that its
     * predecessor reported lost has none until its Lease changes.
     */
    public boolean isExpired(String nodeName) {
        return tracker.isExpired(nodeName, now()) || isLostSinceBefore(nodeName);
    }

    private boolean isLostSinceBefore(String nodeName) {
        return !tracker.hasBeaten(nodeName)
                && nodes.find(new ResourceID(nodeName))
                        .flatMap(NodeHeartbeatMonitor::lostCondition)
                        .isPresent();
    }

    /** The condition of a node whose agent is reported lost. It outlives this process; a heartbeat does not. */
    public static Optional<Condition> lostCondition(LMStudioNode node) {
        return Optional.ofNullable(node.getStatus())
                .flatMap(status -> StatusConditions.find(status.conditions(), ConditionType.READY))
                .filter(ready -> Reason.AGENT_LOST.text().equals(ready.getReason()));
    }

    /** The disruption because of which the missing heartbeat of this node has no consequences yet. */
    synchronized Optional<ClusterDisruption> disruptionOf(Heartbeat node) {
        if (isLostSinceBefore(node.nodeName())) {
            return Optional.empty();
        }
        Instant now = now();
        if (!now.isBefore(assessedAt.plus(SHARED_FOR))) {
            assessment = ClusterDisruption.assess(heartbeats(), now);
            assessedAt = now;
            log(assessment.disruptions());
        }
        return assessment.isLost(node, now) ? Optional.empty() : assessment.disruptionOf(node.nodeName());
    }

    private List<Heartbeat> heartbeats() {
        return nodes.all()
                .map(node -> node.getMetadata().getName())
                .filter(name -> !isLostSinceBefore(name))
                .map(this::heartbeat)
                .toList();
    }

    private void log(List<ClusterDisruption> disruptions) {
        disruptions.stream()
                .filter(disruption -> logged.add(disruption.beganAt()))
                .forEach(disruption -> LogEvent.of("Multiple node heartbeats lost at once")
                        .with(LogField.SINCE, disruption.beganAt())
                        .with(LogField.DETAIL, disruption.message())
                        .warn(LOG));
        logged.retainAll(disruptions.stream().map(ClusterDisruption::beganAt).collect(Collectors.toSet()));
    }
}
