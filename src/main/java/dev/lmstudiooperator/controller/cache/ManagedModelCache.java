package dev.lmstudiooperator.controller.cache;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Caches the ManagedModels of the cluster, indexes them by node, and triggers their reconciliation. */
public final class ManagedModelCache {

    private static final String BY_NODE = "node";
    private static final String BY_IDENTIFIER = "identifier";
    private static final String BY_SET = "set";

    private static final String BY_LABEL = "label";

    /** Index key of ManagedModels without a node. */
    private static final String NONE = "";

    private final PrimaryCache<ManagedModel> cache = new PrimaryCache<>("nodes");

    /** Connects the cache with the reconciler of the ManagedModels, and returns the event source of the triggers. */
    public PrimaryCache<ManagedModel> connect(EventSourceContext<ManagedModel> context) {
        context.getPrimaryCache()
                .addIndexers(Map.of(
                        BY_NODE,
                        model -> List.of(nodeOf(model).orElse(NONE)),
                        BY_IDENTIFIER,
                        model -> List.of(identifierOf(model)),
                        BY_SET,
                        model -> setsOf(model).stream()
                                .map(ManagedModelCache::key)
                                .toList(),
                        BY_LABEL,
                        model -> labelsOf(model).entrySet().stream()
                                .map(label -> key(model.getMetadata().getNamespace(), label))
                                .toList()));
        return cache.connect(context);
    }

    /** All ManagedModels; empty before the cache is filled. */
    public Stream<ManagedModel> all() {
        return cache.all();
    }

    /** ManagedModels without a node; empty before the cache is filled. */
    public List<ManagedModel> unbound() {
        return on(NONE);
    }

    /** ManagedModels scheduled to this node; empty before the cache is filled. */
    public List<ManagedModel> on(String nodeName) {
        return cache.byIndex(BY_NODE, nodeName);
    }

    /** ManagedModels with this identifier, in all namespaces; empty before the cache is filled. */
    public List<ManagedModel> withIdentifier(String identifier) {
        return cache.byIndex(BY_IDENTIFIER, identifier);
    }

    /** ManagedModels that have the label of a set, or that it owns; empty before the cache is filled. */
    public List<ManagedModel> ofSet(ResourceID set) {
        return cache.byIndex(BY_SET, key(set));
    }

    /**
     * ManagedModels of this namespace with all of these labels, with the last writes of the controller; empty before the cache
     * is filled.
     *
     * @param labels at least one label
     */
    public List<ManagedModel> withLabels(String namespace, Map<String, String> labels) {
        Map.Entry<String, String> first = labels.entrySet().iterator().next();
        return cache.byIndex(BY_LABEL, key(namespace, first)).stream()
                .flatMap(model -> find(ResourceID.fromResource(model)).stream())
                .filter(model -> labelsOf(model).entrySet().containsAll(labels.entrySet()))
                .toList();
    }

    /** Adds a listener for the changes of all ManagedModels. */
    public void addListener(PrimaryCache.Listener<ManagedModel> listener) {
        cache.addListener(listener);
    }

    /** Reports a write of the controller to the listeners. */
    public void written(ManagedModel before, ManagedModel after) {
        cache.written(before, after);
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

    /** Triggers the ManagedModels that wait for a node without this identifier. */
    public void reconcileWaitingFor(String identifier) {
        reconcileUnscheduled(model -> identifierOf(model).equals(identifier));
    }

    /** The name by which clients address the instance of a ManagedModel. */
    public static String identifierOf(ManagedModel model) {
        String identifier = model.getSpec() == null ? null : model.getSpec().identifier();
        return identifier == null ? model.getMetadata().getName() : identifier;
    }

    /** The sets that a ManagedModel names: the one in its label, and the one that controls it. */
    public static Set<ResourceID> setsOf(ManagedModel model) {
        ObjectMeta metadata = model.getMetadata();
        Stream<String> owner = Stream.ofNullable(metadata.getOwnerReferences())
                .flatMap(List::stream)
                .filter(ManagedModelCache::isControllingSet)
                .map(OwnerReference::getName);
        Stream<String> label = Stream.ofNullable(metadata.getLabels())
                .map(labels -> labels.get(ManagedModelSet.SET_LABEL))
                .filter(Objects::nonNull);
        return Stream.concat(owner, label)
                .map(name -> new ResourceID(name, metadata.getNamespace()))
                .collect(Collectors.toSet());
    }

    private static boolean isControllingSet(OwnerReference owner) {
        return Boolean.TRUE.equals(owner.getController())
                && HasMetadata.getKind(ManagedModelSet.class).equals(owner.getKind())
                && owner.getApiVersion().startsWith(ManagedModel.GROUP + "/");
    }

    private static String key(ResourceID set) {
        return set.getNamespace().orElse(NONE) + "/" + set.getName();
    }

    private static String key(String namespace, Map.Entry<String, String> label) {
        return namespace + "/" + label.getKey() + "=" + label.getValue();
    }

    private static Map<String, String> labelsOf(ManagedModel model) {
        return requireNonNullElse(model.getMetadata().getLabels(), Map.of());
    }

    public static Optional<String> nodeOf(ManagedModel model) {
        return Optional.ofNullable(model.getStatus()).map(ManagedModelStatus::nodeName);
    }
}
