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

/** The ManagedModels of the cluster by their node, and how their reconciles are woken. */
final class ManagedModelCache {

    private static final String BY_NODE = "node";

    /** In the index, for those that have no node. */
    private static final String NONE = "";

    private final TriggerEventSource<ManagedModel> source = new TriggerEventSource<>("nodes");
    private volatile @Nullable IndexerResourceCache<ManagedModel> cache;

    TriggerEventSource<ManagedModel> connect(EventSourceContext<ManagedModel> context) {
        context.getPrimaryCache()
                .addIndexers(Map.of(BY_NODE, model -> List.of(nodeOf(model).orElse(NONE))));
        cache = context.getPrimaryCache();
        return source;
    }

    /** None before they are known. */
    Stream<ManagedModel> all() {
        IndexerResourceCache<ManagedModel> known = cache;
        return known == null || !source.isRunning() ? Stream.empty() : known.list();
    }

    /** Those that have no node; none before they are known. */
    List<ManagedModel> unbound() {
        return byNode(NONE);
    }

    /** Those that are bound to this node; none before they are known. */
    List<ManagedModel> on(String nodeName) {
        return byNode(nodeName);
    }

    void wakeAll() {
        all().forEach(this::wake);
    }

    void wakeOn(String nodeName) {
        byNode(nodeName).forEach(this::wake);
    }

    /** As the cache shows it. */
    Optional<ManagedModel> find(ResourceID id) {
        IndexerResourceCache<ManagedModel> known = cache;
        return known == null ? Optional.empty() : known.get(id);
    }

    /** Wakes those in this namespace that have no node, and may now find one. */
    void wakeWaitingIn(String namespace) {
        wakeWaiting(model -> model.getMetadata().getNamespace().equals(namespace));
    }

    /** Wakes those that have no node, and may now find one. */
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
