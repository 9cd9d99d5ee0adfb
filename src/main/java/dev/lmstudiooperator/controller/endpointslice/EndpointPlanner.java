package dev.lmstudiooperator.controller.endpointslice;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.endpointslice.EndpointPlan.Candidate;
import dev.lmstudiooperator.controller.endpointslice.EndpointPlan.PlannedEndpoint;
import dev.lmstudiooperator.controller.reachability.NodeAddress;
import dev.lmstudiooperator.controller.reachability.NodeAddress.Family;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plans the endpoints of a Service from the ManagedModels that it selects. */
final class EndpointPlanner {

    /** Of two endpoints with one address, only the first is published. */
    private static final Comparator<PlannedEndpoint> BEST_FIRST = Comparator.comparing((PlannedEndpoint planned) ->
                    !planned.endpoint().getConditions().getReady())
            .thenComparing(planned -> planned.endpoint().getTargetRef().getName());

    private static final Comparator<ManagedModel> BY_NAME =
            Comparator.comparing(model -> model.getMetadata().getName());

    private EndpointPlanner() {}

    /**
     * @param models the ManagedModels of the Service's namespace
     * @param nodes the nodes of these ManagedModels by name
     * @param published UIDs of the ManagedModels that the EndpointSlices of the Service contain now
     */
    static EndpointPlan plan(
            Service service, List<ManagedModel> models, Map<String, EndpointNode> nodes, Set<String> published) {
        String text = ModelSelector.text(service.getMetadata().getAnnotations()).orElse("");
        ModelSelector selector = ModelSelector.parse(text).orElse(null);
        if (selector == null) {
            return refused(
                    ServiceProblem.Kind.INVALID_SELECTOR,
                    "Annotation %s is '%s'. Set it to labels, such as app=chat or app=chat,tier=gpu"
                            .formatted(ModelSelector.ANNOTATION, text));
        }
        return refusal(service.getSpec())
                .orElseGet(() -> plan(
                        service,
                        selector,
                        models.stream()
                                .filter(model ->
                                        selector.matches(model.getMetadata().getLabels()))
                                .sorted(BY_NAME)
                                .toList(),
                        nodes,
                        published));
    }

    private static Optional<EndpointPlan> refusal(ServiceSpec spec) {
        if (!requireNonNullElse(spec.getSelector(), Map.of()).isEmpty()) {
            return Optional.of(refused(
                    ServiceProblem.Kind.SELECTOR_CONFLICT,
                    "The Service has both spec.selector and annotation %s. Remove spec.selector to publish ManagedModels, or remove the annotation"
                            .formatted(ModelSelector.ANNOTATION)));
        }
        if ("ExternalName".equals(spec.getType()) || ports(spec).isEmpty()) {
            return Optional.of(refused(
                    ServiceProblem.Kind.UNSUPPORTED_SERVICE,
                    "The Service needs a TCP port and a type other than ExternalName to publish ManagedModels"));
        }
        return Optional.empty();
    }

    private static EndpointPlan refused(ServiceProblem.Kind kind, String message) {
        return EndpointPlan.nothing(List.of(new ServiceProblem(kind, message)));
    }

    private static EndpointPlan plan(
            Service service,
            ModelSelector selector,
            List<ManagedModel> selected,
            Map<String, EndpointNode> nodes,
            Set<String> published) {
        List<Candidate> candidates = new ArrayList<>();
        List<PlannedEndpoint> endpoints = new ArrayList<>();
        for (ManagedModel model : selected) {
            EndpointNode node = nodeOf(model, nodes);
            List<PlannedEndpoint> own = node == null ? List.of() : endpoints(service, model, node, published);
            boolean isReady = own.stream()
                    .anyMatch(planned -> planned.endpoint().getConditions().getReady());
            candidates.add(new Candidate(model, isReady ? null : obstacle(service, model, node)));
            endpoints.addAll(own);
        }
        return new EndpointPlan(
                withoutRepetition(endpoints), candidates, ServiceProblems.of(service, selector, selected, nodes));
    }

    static @Nullable EndpointNode nodeOf(ManagedModel model, Map<String, EndpointNode> nodes) {
        String name = model.getStatus() == null ? null : model.getStatus().nodeName();
        return name == null ? null : nodes.getOrDefault(name, EndpointNode.unknown(name));
    }

    private static List<PlannedEndpoint> endpoints(
            Service service, ManagedModel model, EndpointNode node, Set<String> published) {
        boolean isDraining = isDraining(model);
        boolean isServing = !node.isLost() && node.isReachable() && (isDraining || isAvailable(model));
        boolean isTerminating = isDraining || model.isMarkedForDeletion();
        boolean isKept = isServing
                && (!isTerminating || published.contains(model.getMetadata().getUid()));
        if (!isKept || !(node.address() instanceof NodeAddress.Usable address)) {
            return List.of();
        }
        List<PlannedEndpoint> endpoints = new ArrayList<>();
        for (Family family : families(service.getSpec())) {
            address.of(family).stream()
                    .limit(1)
                    .map(ip -> endpoint(model, node, ip, isTerminating))
                    .forEach(endpoint -> ports(service.getSpec()).stream()
                            .map(port -> new PlannedEndpoint(key(port, family, address), endpoint))
                            .forEach(endpoints::add));
        }
        return endpoints;
    }

    private static Endpoint endpoint(ManagedModel model, EndpointNode node, String ip, boolean isTerminating) {
        return new EndpointBuilder()
                .withAddresses(ip)
                .withNewConditions()
                .withReady(!isTerminating)
                .withServing(true)
                .withTerminating(isTerminating)
                .endConditions()
                .withNodeName(node.isInCluster() ? node.name() : null)
                .withZone(node.zone())
                .withNewTargetRef()
                .withKind(model.getKind())
                .withNamespace(model.getMetadata().getNamespace())
                .withName(model.getMetadata().getName())
                .withUid(model.getMetadata().getUid())
                .endTargetRef()
                .build();
    }

    private static SliceKey key(ServicePort port, Family family, NodeAddress.Usable address) {
        String protocol = port.getAppProtocol() == null && address.isHttps() ? "https" : port.getAppProtocol();
        return new SliceKey(requireNonNullElse(port.getName(), ""), family, address.port(), protocol);
    }

    private static List<PlannedEndpoint> withoutRepetition(List<PlannedEndpoint> endpoints) {
        Map<List<Object>, PlannedEndpoint> byAddress = new LinkedHashMap<>();
        endpoints.stream()
                .sorted(BEST_FIRST)
                .forEach(planned -> byAddress.putIfAbsent(
                        List.of(planned.key(), planned.endpoint().getAddresses()), planned));
        return List.copyOf(byAddress.values());
    }

    private static String obstacle(Service service, ManagedModel model, @Nullable EndpointNode node) {
        if (node == null) {
            return "it is not scheduled";
        }
        if (model.isMarkedForDeletion()) {
            return "it is being deleted";
        }
        if (!isAvailable(model)) {
            return "it is not Available";
        }
        if (node.isLost()) {
            return "node %s has no agent heartbeat".formatted(node.name());
        }
        return switch (node.address()) {
            case NodeAddress.Unknown unknown -> "the address of node %s is not known yet".formatted(node.name());
            case NodeAddress.Unusable unusable -> unusable.why();
            case NodeAddress.Unresolved unresolved -> unresolved.why();
            case NodeAddress.Usable usable ->
                ServiceProblems.hasNoAddress(service, usable)
                        ? ServiceProblems.familyMismatch(service, node)
                        : "the controller does not reach the address of node %s".formatted(node.name());
        };
    }

    /** The families of a Service; a Service without them comes from an API server that has not set the default. */
    static List<Family> families(ServiceSpec spec) {
        List<String> wanted = requireNonNullElse(spec.getIpFamilies(), List.of());
        return Arrays.stream(Family.values())
                .filter(family -> wanted.contains(family.text()))
                .toList();
    }

    private static List<ServicePort> ports(ServiceSpec spec) {
        return requireNonNullElse(spec.getPorts(), List.<ServicePort>of()).stream()
                .filter(port -> SliceKey.TCP.equals(requireNonNullElse(port.getProtocol(), SliceKey.TCP)))
                .toList();
    }

    private static boolean isAvailable(ManagedModel model) {
        return model.getStatus() != null
                && StatusConditions.isTrue(model.getStatus().conditions(), ConditionType.AVAILABLE);
    }

    /** Whether the agent waits for the end of the requests before it unloads the instance. */
    private static boolean isDraining(ManagedModel model) {
        return model.getStatus() != null
                && StatusConditions.find(model.getStatus().conditions(), ConditionType.AVAILABLE)
                        .map(Condition::getReason)
                        .filter(Reason.DRAINING.text()::equals)
                        .isPresent();
    }
}
