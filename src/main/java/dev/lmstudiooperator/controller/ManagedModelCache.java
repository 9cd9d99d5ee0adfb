package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Caches the ManagedModels of the cluster, indexes them by node, and triggers their reconciliation. */
final class ManagedModelCache {

    private static final String BY_NODE = "node";

    /** Index key of ManagedModels without a node. */
    private static final String NONE = "";

    private final TriggerEventSource<ManagedModel> source = new TriggerEventSource<>("nodes");
    private volatile @Nullable IndexerResourceCache<ManagedModel> cache;

    TriggerEventSource<ManagedModel> connect(EventSourceContext<ManagedModel> context) {
        context.getPrimaryCache()
                .addIndexers(Map.of(BY_NODE, model -> List.of(nodeOf(model).orElse(NONE))));
        cache = context.getPrimaryCache();
        return source;
    }

    /** All ManagedModels; empty before the cache is filled. */
    Stream<ManagedModel> all() {
        IndexerResourceCache<ManagedModel> known = cache;
        return known == null || !source.isRunning() ? Stream.empty() : known.list();
    }

    /** ManagedModels without a node; empty before the cache is filled. */
    List<ManagedModel> unbound() {
        return byNode(NONE);
    }

    /** ManagedModels scheduled to this node; empty before the cache is filled. */
    List<ManagedModel> on(String nodeName) {
        return byNode(nodeName);
    }

    void wakeAll() {
        all().forEach(this::wake);
    }

    void wakeOn(String nodeName) {
        byNode(nodeName).forEach(this::wake);
    }

    /** The ManagedModel in the cache. */
    Optional<ManagedModel> find(ResourceID id) {
        IndexerResourceCache<ManagedModel> known = cache;
        return known == null ? Optional.empty() : known.get(id);
    }

    /** Triggers the ManagedModels in this namespace that have no node. */
    void wakeWaitingIn(String namespace) {
        wakeWaiting(model -> model.getMetadata().getNamespace().equals(namespace));
    }

    /** Triggers the ManagedModels without a node that match the predicate. */
    void wakeWaiting(Predicate<ManagedModel> mayFindOne) {
        unbound().stream().filter(mayFindOne).forEach(this::wake);
    }

    private List<ManagedModel> byNode(String nodeName) {
        IndexerResourceCache<ManagedModel> known = cache;
        return known == null || !source.isRunning() ? List.of() : known.byIndex(BY_NODE, nodeName);
    }

    void announceSuccessorOf(ManagedModel deleted) {
        source.announceSuccessor(() -> find(ResourceID.fromResource(deleted)));
    }

    private void wake(ManagedModel model) {
        source.wake(ResourceID.fromResource(model));
    }

    static Optional<String> nodeOf(ManagedModel model) {
        return Optional.ofNullable(model.getStatus()).map(ManagedModelStatus::nodeName);
    }
}
