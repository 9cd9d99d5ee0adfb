package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controller.scheduling.NodeInfo;
import dev.lmstudiooperator.controller.scheduling.ScheduleResult;
import dev.lmstudiooperator.controller.scheduling.Scheduler;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Schedules ManagedModels one at a time. Each decision counts earlier decisions that the cache does not show yet. */
final class Binder {

    private final NodeCache nodes;
    private final NodeHeartbeatMonitor vigil;
    private final ManagedModelCache models;
    private final NamespaceLabelCache namespaces;
    private final Scheduler placement = new Scheduler();
    private final Map<ResourceID, String> decided = new HashMap<>();

    Binder(NodeCache nodes, NodeHeartbeatMonitor vigil, ManagedModelCache models, NamespaceLabelCache namespaces) {
        this.nodes = nodes;
        this.vigil = vigil;
        this.models = models;
        this.namespaces = namespaces;
    }

    synchronized ScheduleResult bind(ManagedModel model) {
        decided.entrySet().removeIf(choice -> isShown(choice.getKey(), choice.getValue()));
        ScheduleResult binding = placement.choose(
                model.getSpec(), labels(model), nodes.all().map(this::candidate).toList());
        ResourceID id = ResourceID.fromResource(model);
        switch (binding) {
            case ScheduleResult.Bound bound -> decided.put(id, bound.nodeName());
            case ScheduleResult.Unbound unbound -> decided.remove(id);
        }
        return binding;
    }

    /** Whether the node alone fits. */
    boolean mightFit(ManagedModel model, NodeInfo node) {
        return placement.mightFit(model.getSpec(), labels(model), node);
    }

    private Map<String, String> labels(ManagedModel model) {
        return namespaces.labelsOf(model.getMetadata().getNamespace());
    }

    private NodeInfo candidate(LMStudioNode node) {
        String name = node.getMetadata().getName();
        return nodes.offer(node).with(!vigil.isSilent(name), countOn(name));
    }

    private int countOn(String nodeName) {
        Set<ResourceID> there = idsOn(nodeName);
        long decidedToo = decided.entrySet().stream()
                .filter(choice -> choice.getValue().equals(nodeName) && !there.contains(choice.getKey()))
                .count();
        return there.size() + (int) decidedToo;
    }

    private boolean isShown(ResourceID id, String nodeName) {
        return models.find(id).isEmpty() || idsOn(nodeName).contains(id);
    }

    private Set<ResourceID> idsOn(String nodeName) {
        return models.on(nodeName).stream().map(ResourceID::fromResource).collect(Collectors.toSet());
    }
}
