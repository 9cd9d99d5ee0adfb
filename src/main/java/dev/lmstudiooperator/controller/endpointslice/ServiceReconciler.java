package dev.lmstudiooperator.controller.endpointslice;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Reconciles the EndpointSlices of one Service: gathers its ManagedModels and their nodes, plans, and writes. */
final class ServiceReconciler {

    private static final Logger LOG = Logger.getLogger(ServiceReconciler.class);

    private final ServiceCache services;
    private final SliceCache slices;
    private final SliceWriter writer;
    private final OtherSlices others;
    private final ManagedModelCache models;
    private final EndpointNodes nodes;
    private final PublicationReconciler publications;
    private final EventData.Sink events;
    private final InstantSource wall;

    /** The problems of each Service that are already reported. */
    private final Map<ResourceID, List<ServiceProblem>> reported = new ConcurrentHashMap<>();

    ServiceReconciler(
            ServiceCache services,
            SliceCache slices,
            SliceWriter writer,
            OtherSlices others,
            ManagedModelCache models,
            EndpointNodes nodes,
            PublicationReconciler publications,
            EventData.Sink events,
            InstantSource wall) {
        this.services = services;
        this.slices = slices;
        this.writer = writer;
        this.others = others;
        this.models = models;
        this.nodes = nodes;
        this.publications = publications;
        this.events = events;
        this.wall = wall;
    }

    /**
     * The Service may be gone, or may have lost its annotation.
     *
     * @return whether the slices are up to date; otherwise the lookup of an address triggers the Service again
     */
    boolean reconcile(ResourceID id) {
        Optional<Service> service = services.find(id);
        if (service.isPresent()) {
            return sync(id, service.get());
        }
        clean(id);
        return true;
    }

    private void clean(ResourceID id) {
        List<EndpointSlice> leftovers = slices.of(id);
        write(id, new SlicePlanner.Writes(List.of(), List.of(), leftovers));
        publications.afterWrite(id, List.of());
        nodes.use(id, Set.of());
        others.forget(id);
        reported.remove(id);
    }

    private boolean sync(ResourceID id, Service service) {
        List<EndpointSlice> existing = slices.of(id);
        List<ManagedModel> selected = selected(service);
        Set<String> names = selected.stream()
                .flatMap(model -> ManagedModelCache.nodeOf(model).stream())
                .collect(Collectors.toSet());
        Map<String, EndpointNode> used = nodes.use(id, names);
        if (used.values().stream().anyMatch(EndpointNode::isLookupPending)) {
            // A new leader does not withdraw the endpoints of its predecessor before it knows the addresses.
            return false;
        }
        Set<String> published = existing.stream()
                .flatMap(slice -> SlicePlanner.targets(slice).stream())
                .collect(Collectors.toSet());
        EndpointPlan plan = EndpointPlanner.plan(service, selected, used, published);
        publications.beforeWrite(id, plan.candidates());
        write(id, SlicePlanner.plan(service, plan.endpoints(), existing));
        publications.afterWrite(id, plan.candidates());
        report(
                id,
                service,
                Stream.concat(plan.problems().stream(), otherProblems(service, plan).stream())
                        .toList());
        return true;
    }

    private List<ManagedModel> selected(Service service) {
        return ModelSelector.of(service)
                .map(selector -> models.withLabels(service.getMetadata().getNamespace(), selector.labels()))
                .orElse(List.of());
    }

    private void write(ResourceID id, SlicePlanner.Writes writes) {
        if (writes.isEmpty()) {
            return;
        }
        writer.write(writes);
        LogEvent.of("Updated the endpoints of a Service")
                .about(id)
                .with(
                        LogField.DETAIL,
                        "%d created, %d updated, %d deleted"
                                .formatted(
                                        writes.creates().size(),
                                        writes.updates().size(),
                                        writes.deletes().size()))
                .info(LOG);
    }

    /** Kubernetes itself writes slices of a Service with a selector of its own. That problem is reported already. */
    private List<ServiceProblem> otherProblems(Service service, EndpointPlan plan) {
        boolean isConflict =
                plan.problems().stream().anyMatch(problem -> problem.kind() == ServiceProblem.Kind.SELECTOR_CONFLICT);
        return isConflict ? List.of() : others.problems(service);
    }

    private void report(ResourceID id, Service service, List<ServiceProblem> problems) {
        List<ServiceProblem> before = problems.isEmpty() ? reported.remove(id) : reported.put(id, problems);
        problems.stream()
                .filter(problem -> before == null || !before.contains(problem))
                .forEach(problem -> events.record(
                        service, new EventData(true, problem.kind().reason(), problem.message()), wall.instant()));
    }
}
