package dev.lmstudiooperator.controller.endpointslice;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHealthEvaluator;
import dev.lmstudiooperator.controller.reachability.NodeReachability;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.metrics.ServiceEndpoints;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the EndpointSlices of all Services with the annotation up to date. It watches Services and its own slices, and shares
 * the caches of ManagedModels and LMStudioNodes.
 */
public final class ServiceController implements AutoCloseable {

    /** Interval at which all Services are reconciled without a change, which finds slices of other controllers. */
    private static final Duration RESYNC = Duration.ofMinutes(5);

    private final ReconcileQueue queue = new ReconcileQueue("services", this::reconcile);
    private final Set<ResourceID> initial = ConcurrentHashMap.newKeySet();
    private final KubernetesNodes machines;
    private final OtherSlices others;
    private final NodeReachability reachability;
    private final ServiceCache services;
    private final SliceCache slices;
    private final PublicationReconciler publications;
    private final ServiceReconciler reconciler;

    private ServiceController(
            KubernetesClient client,
            ManagedModelCache models,
            PrimaryCache<LMStudioNode> nodes,
            NodeHealthEvaluator nodeHealth,
            EventData.Sink events,
            InstantSource wall) {
        this.machines = new KubernetesNodes(client);
        this.others = new OtherSlices(client);
        this.reachability = new NodeReachability(client, nodes, wall, this::nodeChanged);
        this.services = new ServiceCache(client, queue::add);
        this.slices = new SliceCache(client, queue::add);
        this.publications = new PublicationReconciler(models, new PublishedCondition(client, wall), this::isIncomplete);
        this.reconciler = new ServiceReconciler(
                services,
                slices,
                new SliceWriter(client, slices),
                others,
                models,
                new EndpointNodes(nodes, nodeHealth, reachability, machines),
                publications,
                events,
                wall);
    }

    /** Starts after the caches of ManagedModels and nodes are filled. */
    public static ServiceController open(
            KubernetesClient client,
            ManagedModelCache models,
            PrimaryCache<LMStudioNode> nodes,
            NodeHealthEvaluator nodeHealth,
            EventData.Sink events,
            InstantSource wall) {
        ServiceController controller = new ServiceController(client, models, nodes, nodeHealth, events, wall);
        controller.begin(models, nodes);
        return controller;
    }

    /** Also reconciles the Services that only slices name: they disappeared while no controller ran. */
    private void begin(ManagedModelCache models, PrimaryCache<LMStudioNode> nodes) {
        models.addListener(this::modelChanged);
        nodes.addListener(this::nodeChanged);
        Stream.concat(services.all().stream().map(ResourceID::fromResource), slices.services())
                .forEach(initial::add);
        if (initial.isEmpty()) {
            completed();
        }
        Set.copyOf(initial).forEach(queue::add);
        queue.start();
        queue.repeat(this::resync, RESYNC);
    }

    /** The endpoints of all Services that are known. A new leader knows a Service after its first reconciliation. */
    public Stream<ServiceEndpoints> endpoints() {
        return services.all().stream()
                .map(ResourceID::fromResource)
                .filter(id -> !initial.contains(id))
                .map(publications::endpoints);
    }

    private void reconcile(ResourceID id) {
        boolean isUpToDate = reconciler.reconcile(id);
        if (isUpToDate && initial.remove(id) && !isIncomplete(id.getNamespace().orElse(""))) {
            completed();
        }
    }

    /** Whether the slices of a Service in this namespace are not known yet. */
    private boolean isIncomplete(String namespace) {
        return initial.stream().anyMatch(id -> id.getNamespace().orElse("").equals(namespace));
    }

    /** The conditions of all nodes and ManagedModels of a namespace can be written when its Services are known. */
    private void completed() {
        publications.reportAll();
        if (initial.isEmpty()) {
            reachability.removeUnused();
        }
    }

    private void resync() {
        machines.forget();
        others.forget();
        completed();
        services.all().stream().map(ResourceID::fromResource).forEach(queue::add);
    }

    private void modelChanged(@Nullable ManagedModel before, @Nullable ManagedModel after) {
        if (!ModelChange.isRelevant(before, after)) {
            return;
        }
        Stream.of(before, after)
                .filter(Objects::nonNull)
                .flatMap(model -> services.inNamespace(model.getMetadata().getNamespace()).stream()
                        .filter(service -> ModelSelector.of(service)
                                .filter(selector ->
                                        selector.matches(model.getMetadata().getLabels()))
                                .isPresent()))
                .map(ResourceID::fromResource)
                .distinct()
                .forEach(queue::add);
    }

    private void nodeChanged(@Nullable LMStudioNode before, @Nullable LMStudioNode after) {
        Stream.of(before, after).filter(Objects::nonNull).findFirst().ifPresent(node -> {
            String name = node.getMetadata().getName();
            boolean isNewOrGone = before == null || after == null;
            if (isNewOrGone) {
                nodeChanged(name);
            }
            reachability.nodeChanged(name);
        });
    }

    private void nodeChanged(String name) {
        reachability.usersOf(name).forEach(queue::add);
    }

    @Override
    public void close() {
        queue.close();
        services.close();
        slices.close();
        reachability.close();
    }
}
