package dev.lmstudiooperator.controller.endpointslice;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHealthEvaluator;
import dev.lmstudiooperator.controller.nodelifecycle.NodeState;
import dev.lmstudiooperator.controller.reachability.NodeReachability;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Combines what the controller knows about the nodes of endpoints. */
final class EndpointNodes {

    private final PrimaryCache<LMStudioNode> nodes;
    private final NodeHealthEvaluator health;
    private final NodeReachability reachability;
    private final KubernetesNodes machines;

    EndpointNodes(
            PrimaryCache<LMStudioNode> nodes,
            NodeHealthEvaluator health,
            NodeReachability reachability,
            KubernetesNodes machines) {
        this.nodes = nodes;
        this.health = health;
        this.reachability = reachability;
        this.machines = machines;
    }

    /** Returns these nodes by name. Their addresses are checked until the Service uses other nodes. */
    Map<String, EndpointNode> use(ResourceID service, Set<String> names) {
        reachability.use(service, names);
        return names.stream().map(this::node).collect(Collectors.toMap(EndpointNode::name, Function.identity()));
    }

    private EndpointNode node(String name) {
        Optional<LMStudioNode> node = nodes.find(new ResourceID(name));
        if (node.isEmpty()) {
            return EndpointNode.unknown(name);
        }
        String uid = Optional.ofNullable(node.get().getStatus())
                .map(LMStudioNodeStatus::nodeUID)
                .orElse(null);
        Optional<KubernetesNodes.Machine> machine = machines.find(name, uid);
        NodeReachability.State state = reachability.of(name);
        return new EndpointNode(
                name,
                state.address(),
                isLost(health.of(name)),
                state.isReachable(),
                machine.isPresent(),
                machine.map(KubernetesNodes.Machine::zone).orElse(null));
    }

    private static boolean isLost(NodeState state) {
        return switch (state) {
            case NodeState.Alive alive -> false;
            case NodeState.Suspect suspect -> false;
            case NodeState.Unreachable lost -> true;
            case NodeState.Deleted gone -> true;
        };
    }
}
