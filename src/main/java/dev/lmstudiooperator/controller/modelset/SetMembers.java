package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.controller.modelset.Replica.Home;
import dev.lmstudiooperator.controller.modelset.ReplicaFactory.NodeView;
import dev.lmstudiooperator.controller.modelset.SetInput.Before;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHealthEvaluator;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHeartbeatMonitor;
import dev.lmstudiooperator.controller.nodelifecycle.NodeState;
import dev.lmstudiooperator.controller.scheduling.Binder;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the ManagedModels that belong to a set or may belong to it, and gathers what the planner needs to know. */
final class SetMembers {

    private final KubernetesClient client;
    private final ManagedModelCache models;
    private final PrimaryCache<LMStudioNode> nodes;
    private final NodeHealthEvaluator nodeHealth;
    private final Binder binder;
    private final SteadyClock clock;

    SetMembers(
            KubernetesClient client,
            ManagedModelCache models,
            PrimaryCache<LMStudioNode> nodes,
            NodeHealthEvaluator nodeHealth,
            Binder binder,
            SteadyClock clock) {
        this.client = client;
        this.models = models;
        this.nodes = nodes;
        this.nodeHealth = nodeHealth;
        this.binder = binder;
        this.clock = clock;
    }

    /** The ManagedModels in the cache with the label of the set, and those that it controls. */
    List<ManagedModel> cached(ManagedModelSet set) {
        return models.ofSet(ResourceID.fromResource(set));
    }

    /** The same from the API server. It finds by label only, so those without the label come from the cache. */
    List<ManagedModel> current(ManagedModelSet set) {
        List<ManagedModel> found = new ArrayList<>(client.resources(ManagedModel.class)
                .inNamespace(set.getMetadata().getNamespace())
                .withLabel(ManagedModelSet.SET_LABEL, set.getMetadata().getName())
                .list()
                .getItems());
        Set<String> known =
                found.stream().map(model -> model.getMetadata().getUid()).collect(Collectors.toSet());
        cached(set).stream()
                .filter(model -> Membership.of(model, set) == Membership.RELEASED)
                .filter(model -> !known.contains(model.getMetadata().getUid()))
                .forEach(found::add);
        return found;
    }

    /** Names in use that a new ManagedModel of the set could get. */
    Set<String> takenNames(ManagedModelSet set) {
        return models.all()
                .map(ManagedModel::getMetadata)
                .filter(model -> model.getNamespace().equals(set.getMetadata().getNamespace()))
                .map(model -> model.getName())
                .filter(name -> name.startsWith(set.getMetadata().getName() + "-"))
                .collect(Collectors.toSet());
    }

    SetInput input(
            SetTemplate template, List<ManagedModel> candidates, Set<String> takenNames, Before before, Instant now) {
        ManagedModelSet set = template.set();
        Goal goal = Goal.of(set.getMetadata().getName(), set.getMetadata().getUid(), set.getSpec());
        Map<String, NodeView> views = new HashMap<>();
        ReplicaFactory replicas = new ReplicaFactory(
                template, nodeName -> views.computeIfAbsent(nodeName, name -> viewOf(name, now)), clock);
        return new SetInput(
                goal,
                set.getMetadata().getGeneration(),
                template.hash(),
                candidates.stream()
                        .filter(model -> Membership.of(model, set) == Membership.MEMBER)
                        .map(replicas::of)
                        .toList(),
                takenNames,
                goal.isEveryNode() ? places(template) : Map.of(),
                before,
                now);
    }

    private Map<String, Place> places(SetTemplate template) {
        ManagedModelSet set = template.set();
        return nodes.all()
                .map(node -> new Place(
                        node.getMetadata().getName(),
                        binder.isMeantFor(
                                set.getSpec().template().spec(),
                                set.getMetadata().getNamespace(),
                                node),
                        binder.isOpen(node)))
                .collect(Collectors.toMap(Place::nodeName, place -> place));
    }

    private NodeView viewOf(String nodeName, Instant now) {
        return switch (nodeHealth.of(nodeName)) {
            case NodeState.Alive alive -> new NodeView(Home.ALIVE, null);
            case NodeState.Suspect suspect -> new NodeView(Home.ALIVE, null);
            case NodeState.Unreachable lost -> new NodeView(Home.LOST, lostSince(nodeName, now));
            case NodeState.Deleted gone -> new NodeView(Home.GONE, null);
        };
    }

    /** The time in the status of the node outlives this process; a heartbeat is known to this process only. */
    private Instant lostSince(String nodeName, Instant now) {
        return nodes.find(new ResourceID(nodeName))
                .flatMap(NodeHeartbeatMonitor::lostCondition)
                .map(Condition::getLastTransitionTime)
                .map(since -> clock.latest(Instant.parse(since)).orElse(clock.start()))
                .orElse(now);
    }
}
