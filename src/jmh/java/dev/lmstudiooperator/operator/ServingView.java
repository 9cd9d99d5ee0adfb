package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What watches show of the ManagedModels, sets and EndpointSlices of one namespace. It records when an endpoint becomes ready,
 * and when it is no longer ready.
 */
final class ServingView implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(15);

    /** Receives a change; null for an object that did not exist before or does not exist any more. */
    private interface Listener<T> {
        void changed(@Nullable T before, @Nullable T after);
    }

    private record Change(boolean isReady, long nanos) {}

    private final String namespace;
    private final Map<String, Change> endpoints = new ConcurrentHashMap<>();
    private final SharedIndexInformer<EndpointSlice> slices;
    private final SharedIndexInformer<ManagedModelSet> sets;
    private final SharedIndexInformer<ManagedModel> models;

    /** @param seen receives each ManagedModel that a watch reports */
    ServingView(KubernetesClient admin, String namespace, Consumer<ManagedModel> seen) {
        this.namespace = namespace;
        this.slices =
                admin.discovery().v1().endpointSlices().inNamespace(namespace).inform(handler(this::sliceChanged));
        this.sets =
                admin.resources(ManagedModelSet.class).inNamespace(namespace).inform(handler((before, after) -> {}));
        this.models = admin.resources(ManagedModel.class)
                .inNamespace(namespace)
                .inform(handler((before, after) -> Optional.ofNullable(after).ifPresent(seen)));
    }

    private void sliceChanged(@Nullable EndpointSlice before, @Nullable EndpointSlice after) {
        long now = System.nanoTime();
        Set<String> was = readyOf(before);
        Set<String> is = readyOf(after);
        Set<String> all = new HashSet<>(was);
        all.addAll(is);
        all.stream()
                .filter(name -> was.contains(name) != is.contains(name))
                .forEach(name -> endpoints.put(name, new Change(is.contains(name), now)));
    }

    private static Set<String> readyOf(@Nullable EndpointSlice slice) {
        return slice == null
                ? Set.of()
                : slice.getEndpoints().stream()
                        .filter(endpoint -> endpoint.getConditions().getReady())
                        .map(endpoint -> endpoint.getTargetRef().getName())
                        .collect(Collectors.toSet());
    }

    /** Waits until the endpoint of a ManagedModel is in this state. Returns when the watch reported it, as nanoTime. */
    long awaitEndpoint(String model, boolean isReady) {
        return eventually(
                        "the endpoint of %s is %s".formatted(model, isReady ? "ready" : "not ready"),
                        PATIENCE,
                        () -> Optional.ofNullable(endpoints.get(model)),
                        change ->
                                change.filter(last -> last.isReady() == isReady).isPresent())
                .orElseThrow()
                .nanos();
    }

    /** The number of ready endpoints. */
    long ready() {
        return endpoints.values().stream().filter(Change::isReady).count();
    }

    /** Waits until this many sets have this number of Available replicas each. */
    void awaitAvailable(int howMany, int replicas) {
        eventually(
                "%d sets have %d Available replicas each".formatted(howMany, replicas),
                PATIENCE,
                () -> sets.getStore().list().stream()
                        .filter(set -> available(set) == replicas)
                        .count(),
                count -> count == howMany);
    }

    /** Waits until the set reports this number of Available replicas. */
    void awaitAvailable(String set, int replicas) {
        eventually(
                "set %s has %d Available replicas".formatted(set, replicas),
                PATIENCE,
                () -> available(requireNonNull(sets.getStore().getByKey(namespace + "/" + set))),
                available -> available == replicas);
    }

    /** Waits until the condition Published of the ManagedModel has this status. */
    void awaitPublished(String model, boolean isPublished) {
        eventually(
                "the condition Published of %s is %s".formatted(model, isPublished),
                PATIENCE,
                () -> String.valueOf(AppliedModels.condition(model(model), "Published")),
                (isPublished ? "True" : "False")::equals);
    }

    ManagedModel model(String name) {
        return requireNonNull(models.getStore().getByKey(namespace + "/" + name));
    }

    /** The names of the replicas of a set, in order. */
    List<String> replicas(String set) {
        return models.getStore().list().stream()
                .map(ManagedModel::getMetadata)
                .filter(model -> set.equals(model.getLabels().get(ManagedModelSet.SET_LABEL)))
                .map(model -> model.getName())
                .sorted()
                .toList();
    }

    private static int available(ManagedModelSet set) {
        return requireNonNullElse(set.getStatus().availableReplicas(), 0);
    }

    private static <T extends HasMetadata> ResourceEventHandler<T> handler(Listener<T> changed) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T added) {
                changed.changed(null, added);
            }

            @Override
            public void onUpdate(T before, T after) {
                changed.changed(before, after);
            }

            @Override
            public void onDelete(T deleted, boolean isFinalStateUnknown) {
                changed.changed(deleted, null);
            }
        };
    }

    @Override
    public void close() {
        slices.close();
        sets.close();
        models.close();
    }
}
