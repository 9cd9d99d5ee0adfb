package dev.lmstudiooperator.controller.scheduling;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHeartbeatMonitor;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Schedules ManagedModels one at a time. Each decision counts earlier decisions that the cache does not show yet. */
public final class Binder {

    private final PrimaryCache<LMStudioNode> nodes;
    private final NodeHeartbeatMonitor monitor;
    private final ManagedModelCache models;
    private final NamespaceLabelCache namespaces;
    private final Scheduler scheduler = new Scheduler();
    private final Map<ResourceID, Decision> decided = new HashMap<>();
    private final Map<String, Versioned> known = new ConcurrentHashMap<>();
    private final Map<String, NodeInfo> offered = new ConcurrentHashMap<>();

    private record Versioned(String version, NodeInfo node) {}

    private record Decision(String nodeName, String identifier) {}

    public Binder(
            PrimaryCache<LMStudioNode> nodes,
            NodeHeartbeatMonitor monitor,
            ManagedModelCache models,
            NamespaceLabelCache namespaces) {
        this.nodes = nodes;
        this.monitor = monitor;
        this.models = models;
        this.namespaces = namespaces;
    }

    /** Chooses the node of a ManagedModel. */
    public synchronized Scheduler.Result bind(ManagedModel model) {
        decided.entrySet()
                .removeIf(choice -> isCached(choice.getKey(), choice.getValue().nodeName()));
        IdentifierClaim claim = claim(model);
        Scheduler.Result result = scheduler.choose(
                model.getSpec(),
                labels(model),
                claim,
                nodes.all().map(this::candidate).toList());
        ResourceID id = ResourceID.fromResource(model);
        switch (result) {
            case Scheduler.Bound bound -> decided.put(id, new Decision(bound.nodeName(), claim.identifier()));
            case Scheduler.Unbound unbound -> decided.remove(id);
        }
        return result;
    }

    /** Triggers the waiting ManagedModels that may fit on a node that is new, has changed, or was withdrawn. */
    public void offer(LMStudioNode node) {
        NodeInfo candidate = info(node);
        if (!candidate.equals(offered.put(candidate.name(), candidate))) {
            models.reconcileUnscheduled(
                    model -> scheduler.mightFit(model.getSpec(), labels(model), claim(model), candidate));
        }
    }

    /** Makes the next offer of this node trigger ManagedModels even if the node has not changed. */
    public void withdraw(String nodeName) {
        offered.remove(nodeName);
    }

    /** Removes a node that no longer exists. */
    public void forget(String nodeName) {
        offered.remove(nodeName);
        known.remove(nodeName);
    }

    /**
     * Whether a node is meant for ManagedModels with this spec: its labels and its allowed namespaces match, whatever its
     * present state.
     */
    public boolean isMeantFor(ManagedModelSpec spec, String namespace, LMStudioNode node) {
        return scheduler.isMeantFor(spec, namespaces.labelsOf(namespace), info(node));
    }

    /** Whether ManagedModels can be scheduled to the node now. */
    public boolean isOpen(LMStudioNode node) {
        return !info(node).isUnschedulable()
                && !monitor.isExpired(node.getMetadata().getName());
    }

    /** Two ManagedModels with one identifier on a node would compete for one instance. */
    private synchronized IdentifierClaim claim(ManagedModel model) {
        String identifier = ManagedModelCache.identifierOf(model);
        ResourceID self = ResourceID.fromResource(model);
        Stream<String> scheduled = models.withIdentifier(identifier).stream()
                .filter(other -> !ResourceID.fromResource(other).equals(self))
                .flatMap(other -> ManagedModelCache.nodeOf(other).stream());
        Stream<String> pending = decided.entrySet().stream()
                .filter(choice -> choice.getValue().identifier().equals(identifier)
                        && !choice.getKey().equals(self))
                .map(choice -> choice.getValue().nodeName());
        return new IdentifierClaim(identifier, Stream.concat(scheduled, pending).collect(Collectors.toSet()));
    }

    private Map<String, String> labels(ManagedModel model) {
        return namespaces.labelsOf(model.getMetadata().getNamespace());
    }

    private NodeInfo candidate(LMStudioNode node) {
        String name = node.getMetadata().getName();
        return info(node).with(!monitor.isExpired(name), countOn(name));
    }

    private NodeInfo info(LMStudioNode node) {
        String version = node.getMetadata().getResourceVersion();
        return known.compute(
                        node.getMetadata().getName(),
                        (name, last) -> last != null && last.version().equals(version)
                                ? last
                                : new Versioned(version, NodeInfo.of(node)))
                .node();
    }

    private int countOn(String nodeName) {
        Set<ResourceID> there = idsOn(nodeName);
        long pending = decided.entrySet().stream()
                .filter(choice -> choice.getValue().nodeName().equals(nodeName) && !there.contains(choice.getKey()))
                .count();
        return there.size() + (int) pending;
    }

    private boolean isCached(ResourceID id, String nodeName) {
        return models.find(id).isEmpty() || idsOn(nodeName).contains(id);
    }

    private Set<ResourceID> idsOn(String nodeName) {
        return models.on(nodeName).stream().map(ResourceID::fromResource).collect(Collectors.toSet());
    }
}
