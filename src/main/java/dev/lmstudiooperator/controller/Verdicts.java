package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.controller.lifecycle.NodeState;
import dev.lmstudiooperator.controller.liveness.Pulse;
import dev.lmstudiooperator.controller.liveness.Silence;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node's agent lives, is lost, or is gone for good. What speaks against a node is read past every cache before it is
 * believed: a watch that stands still makes all nodes look silent.
 */
final class Verdicts implements LeaseWatch.Listener {

    private static final Logger LOG = Logger.getLogger(Verdicts.class);

    /** The ManagedModels of one node share a verdict, and with it the questions to the API server. */
    private static final Duration SHARED_FOR = Duration.ofSeconds(5);

    /** How often it is asked whether a lost node is gone for good; that it is back is told by a watch. */
    private static final Duration BETWEEN_REVIEWS = Duration.ofSeconds(60);

    private record Verdict(NodeState state, Instant at) {}

    private final KubernetesClient client;
    private final String namespace;
    private final Nodes nodes;
    private final InstantSource steadyClock;
    private final Silence silence = new Silence();
    private final Map<String, Verdict> shared = new ConcurrentHashMap<>();

    /**
     * @param namespace where the node leases are
     * @param steadyClock nobody sets it
     */
    Verdicts(KubernetesClient client, String namespace, Nodes nodes, InstantSource steadyClock) {
        this.client = client;
        this.namespace = namespace;
        this.nodes = nodes;
        this.steadyClock = steadyClock;
    }

    @Override
    public void seen(String nodeName, Lease lease) {
        if (silence.seen(nodeName, lease, steadyClock.instant())) {
            shared.remove(nodeName);
            LOG.infof("An agent is heard of again: node=%s", nodeName);
            nodes.wake(nodeName);
        }
    }

    @Override
    public void gone(String nodeName) {
        silence.gone(nodeName, steadyClock.instant());
        nodes.wake(nodeName);
    }

    NodeState of(String nodeName) {
        Instant now = steadyClock.instant();
        Pulse pulse = silence.pulse(nodeName, now);
        if (!pulse.isSilent(now)) {
            return new NodeState.Alive();
        }
        return shared.compute(nodeName, (name, last) -> isShared(last, now) ? last : pass(name, pulse, last, now))
                .state();
    }

    /** When to ask again; what happens meanwhile is told. */
    Duration reviewIn(String nodeName, NodeState state) {
        return switch (state) {
            case NodeState.Alive alive -> {
                Instant now = steadyClock.instant();
                Duration left = Duration.between(now, silence.silentAt(nodeName, now));
                yield left.isPositive() ? left : Duration.ofMillis(1);
            }
            case NodeState.Silent silent -> SHARED_FOR;
            case NodeState.Lost lost -> BETWEEN_REVIEWS;
            case NodeState.Gone gone -> BETWEEN_REVIEWS;
        };
    }

    private static boolean isShared(@Nullable Verdict verdict, Instant now) {
        return verdict != null && now.isBefore(verdict.at().plus(SHARED_FOR));
    }

    private Verdict pass(String nodeName, Pulse pulse, @Nullable Verdict last, Instant now) {
        NodeState state = examine(nodeName, pulse, now);
        if (last == null && !(state instanceof NodeState.Alive)) {
            LOG.warnf(
                    "An agent is lost: node=%s silentSince=%s",
                    nodeName, pulse.heardAt().truncatedTo(ChronoUnit.SECONDS));
        }
        return new Verdict(state, now);
    }

    private NodeState examine(String nodeName, Pulse pulse, Instant now) {
        Lease lease = client.leases()
                .inNamespace(namespace)
                .withName(NodeLease.nameFor(nodeName))
                .get();
        if (lease != null && silence.seen(nodeName, lease, now)) {
            return new NodeState.Alive();
        }
        return absence(nodeName)
                .<NodeState>map(why -> new NodeState.Gone(pulse.heardAt(), why))
                .orElseGet(() -> new NodeState.Lost(pulse.heardAt()));
    }

    /** Why the node is gone for good; empty while it may come back. */
    private Optional<String> absence(String nodeName) {
        LMStudioNode node =
                client.resources(LMStudioNode.class).withName(nodeName).get();
        if (node == null) {
            return Optional.of("the LMStudioNode %s was deleted".formatted(nodeName));
        }
        String uid = Optional.ofNullable(node.getStatus())
                .map(LMStudioNodeStatus::nodeUID)
                .orElse(null);
        if (uid == null) {
            return Optional.empty();
        }
        Node machine = client.nodes().withName(nodeName).get();
        if (machine == null) {
            return Optional.of("the Node %s was deleted".formatted(nodeName));
        }
        return machine.getMetadata().getUid().equals(uid)
                ? Optional.empty()
                : Optional.of("the Node %s is another one now".formatted(nodeName));
    }
}
