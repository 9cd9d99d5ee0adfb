package dev.lmstudiooperator.controller.cache;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Caches the ManagedModels of the cluster, indexes them by node, and triggers their reconciliation. */
public final class ManagedModelCache {

    private static final String BY_NODE = "node";

    /** Index key of ManagedModels without a node. */
    private static final String NONE = "";

    private final PrimaryCache<ManagedModel> cache = new PrimaryCache<>("nodes");

    /** Connects the cache with the reconciler of the ManagedModels, and returns the event source of the triggers. */
    public PrimaryCache<ManagedModel> connect(EventSourceContext<ManagedModel> context) {
        context.getPrimaryCache()
                .addIndexers(Map.of(BY_NODE, model -> List.of(nodeOf(model).orElse(NONE))));
        return cache.connect(context);
    }

    /** All ManagedModels; empty before the cache is filled. */
    public Stream<ManagedModel> all() {
        return cache.isRunning() ? cache.all() : Stream.empty();
    }

    /** ManagedModels without a node; empty before the cache is filled. */
    public List<ManagedModel> unbound() {
        return on(NONE);
    }

    /** ManagedModels scheduled to this node; empty before the cache is filled. */
    public List<ManagedModel> on(String nodeName) {
        return cache.isRunning() ? cache.byIndex(BY_NODE, nodeName) : List.of();
    }

    /** The ManagedModel in the cache. */
    public Optional<ManagedModel> find(ResourceID id) {
        return cache.find(id);
    }

    public void reconcileAll() {
        all().forEach(this::reconcile);
    }

    public void reconcileOn(String nodeName) {
        on(nodeName).forEach(this::reconcile);
    }

    /** Triggers the ManagedModels without a node that match the predicate. */
    public void reconcileUnscheduled(Predicate<ManagedModel> mayFindOne) {
        unbound().stream().filter(mayFindOne).forEach(this::reconcile);
    }

    private void reconcile(ManagedModel model) {
        cache.reconcile(ResourceID.fromResource(model));
    }

    public void announceSuccessorOf(ManagedModel deleted) {
        cache.announceSuccessorOf(deleted);
    }

    public static Optional<String> nodeOf(ManagedModel model) {
        return Optional.ofNullable(model.getStatus()).map(ManagedModelStatus::nodeName);
    }
}
