package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.controller.scheduling.NodeInfo;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Caches the LMStudioNodes of the cluster and triggers their reconciliation. */
final class NodeCache {

    private final TriggerEventSource<LMStudioNode> source = new TriggerEventSource<>("leases");
    private final Map<String, Offer> offers = new ConcurrentHashMap<>();
    private volatile @Nullable IndexerResourceCache<LMStudioNode> cache;

    private record Offer(String version, NodeInfo candidate) {}

    TriggerEventSource<LMStudioNode> connect(EventSourceContext<LMStudioNode> context) {
        cache = context.getPrimaryCache();
        return source;
    }

    Stream<LMStudioNode> all() {
        IndexerResourceCache<LMStudioNode> known = cache;
        return known == null ? Stream.empty() : known.list();
    }

    Optional<LMStudioNode> find(String name) {
        IndexerResourceCache<LMStudioNode> known = cache;
        return known == null ? Optional.empty() : known.get(new ResourceID(name));
    }

    /** The node as the scheduler sees it. It is created once per version of the LMStudioNode. */
    NodeInfo offer(LMStudioNode node) {
        String version = node.getMetadata().getResourceVersion();
        return offers.compute(
                        node.getMetadata().getName(),
                        (name, known) -> known != null && known.version().equals(version)
                                ? known
                                : new Offer(version, NodeInfo.of(node, true, 0)))
                .candidate();
    }

    /** Removes a node that no longer exists. */
    void forget(String name) {
        offers.remove(name);
    }

    void announceSuccessorOf(String deleted) {
        source.announceSuccessor(() -> find(deleted));
    }

    void wakeAll() {
        all().forEach(node -> wake(node.getMetadata().getName()));
    }

    void wake(String name) {
        source.wake(new ResourceID(name));
    }
}
