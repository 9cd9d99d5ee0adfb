package dev.lmstudiooperator.controller.endpointslice;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHealthEvaluator;
import dev.lmstudiooperator.controller.nodelifecycle.NodeState;
import dev.lmstudiooperator.controller.reachability.NodeReachability;
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
import java.util.function.Function;
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
    private final PrimaryCache<LMStudioNode> nodes;
    private final NodeHealthEvaluator nodeHealth;
    private final NodeReachability reachability;
    private final KubernetesNodes machines;
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
            PrimaryCache<LMStudioNode> nodes,
            NodeHealthEvaluator nodeHealth,
            NodeReachability reachability,
            KubernetesNodes machines,
            PublicationReconciler publications,
            EventData.Sink events,
            InstantSource wall) {
        this.services = services;
        this.slices = slices;
        this.writer = writer;
        this.others = others;
        this.models = models;
        this.nodes = nodes;
        this.nodeHealth = nodeHealth;
        this.reachability = reachability;
        this.machines = machines;
        this.publications = publications;
        this.events = events;
        this.wall = wall;
    }

    /** The Service may be gone, or may have lost its annotation. */
    void reconcile(ResourceID id) {
        Optional<Service> service = services.find(id);
        if (service.isPresent()) {
            sync(id, service.get());
        } else {
            clean(id);
        }
    }

    private void clean(ResourceID id) {
        List<EndpointSlice> leftovers = slices.of(id);
        write(id, new SlicePlanner.Writes(List.of(), List.of(), leftovers));
        publications.afterWrite(id, List.of());
        reachability.use(id, Set.of());
        others.forget(id);
        reported.remove(id);
    }

    private void sync(ResourceID id, Service service) {
        List<EndpointSlice> existing = slices.of(id);
        List<ManagedModel> selected = selected(service);
        Set<String> names = selected.stream()
                .flatMap(model -> ManagedModelCache.nodeOf(model).stream())
                .collect(Collectors.toSet());
        reachability.use(id, names);
        Map<String, EndpointNode> known =
                names.stream().map(this::node).collect(Collectors.toMap(EndpointNode::name, Function.identity()));
        Set<String> published = existing.stream()
                .flatMap(slice -> SlicePlanner.targets(slice).stream())
                .collect(Collectors.toSet());
        EndpointPlan plan = EndpointPlanner.plan(service, selected, known, published);
        publications.beforeWrite(id, plan.candidates());
        write(id, SlicePlanner.plan(service, plan.endpoints(), existing));
        publications.afterWrite(id, plan.candidates());
        report(
                id,
                service,
                Stream.concat(plan.problems().stream(), otherProblems(service, plan).stream())
                        .toList());
    }

    private List<ManagedModel> selected(Service service) {
        return ModelSelector.in(service.getMetadata().getAnnotations())
                .map(selector -> models.withLabels(service.getMetadata().getNamespace(), selector.labels()))
                .orElse(List.of());
    }

    private EndpointNode node(String name) {
        Optional<LMStudioNode> node = nodes.find(new ResourceID(name));
        if (node.isEmpty()) {
            return EndpointNode.unknown(name);
        }
        String uid = Optional.ofNullable(node.get().getStatus())
                .map(LMStudioNodeStatus::nodeUID)
                .orElse(null);
        Optional<KubernetesNodes.Machine> machine = machines.find(name, uid);
        NodeReachability.State state = reachability.of(name);
        return new EndpointNode(
                name,
                state.address(),
                isLost(nodeHealth.of(name)),
                state.isReachable(),
                machine.isPresent(),
                machine.map(KubernetesNodes.Machine::zone).orElse(null));
    }

    private static boolean isLost(NodeState state) {
        return switch (state) {
            case NodeState.Alive alive -> false;
            case NodeState.Suspect suspect -> false;
            case NodeState.Unreachable lost -> true;
            case NodeState.Deleted gone -> true;
        };
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
