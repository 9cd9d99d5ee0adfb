package dev.lmstudiooperator.controller.endpointslice;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controller.reachability.NodeAddress;
import dev.lmstudiooperator.controller.reachability.NodeAddress.Family;
import io.fabric8.kubernetes.api.model.Service;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Finds the problems of a Service whose selector can be used. */
final class ServiceProblems {

    private ServiceProblems() {}

    /** The problems of the ManagedModels that the Service selects, and of their nodes. */
    static List<ServiceProblem> of(
            Service service, ModelSelector selector, List<ManagedModel> selected, Map<String, EndpointNode> nodes) {
        if (selected.isEmpty()) {
            return List.of(new ServiceProblem(
                    ServiceProblem.Kind.NO_MATCHING_MODEL,
                    "No ManagedModel in namespace %s has the labels %s"
                            .formatted(service.getMetadata().getNamespace(), text(selector))));
        }
        List<ServiceProblem> problems = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        List<String> unresolved = new ArrayList<>();
        selected.stream()
                .map(model -> EndpointPlanner.nodeOf(model, nodes))
                .filter(Objects::nonNull)
                .distinct()
                .sorted(Comparator.comparing(EndpointNode::name))
                .forEach(node -> {
                    switch (node.address()) {
                        case NodeAddress.Unknown unknown -> {}
                        case NodeAddress.Unusable address -> unusable.add(address.why());
                        case NodeAddress.Unresolved address -> unresolved.add(address.why());
                        case NodeAddress.Usable address -> {
                            if (hasNoAddress(service, address)) {
                                unusable.add(familyMismatch(service, node));
                            }
                        }
                    }
                });
        if (!unusable.isEmpty()) {
            problems.add(new ServiceProblem(ServiceProblem.Kind.ADDRESS_NOT_USABLE, String.join("; ", unusable)));
        }
        if (!unresolved.isEmpty()) {
            problems.add(new ServiceProblem(ServiceProblem.Kind.ADDRESS_NOT_RESOLVED, String.join("; ", unresolved)));
        }
        mixture(selected).ifPresent(problems::add);
        return problems;
    }

    private static Optional<ServiceProblem> mixture(List<ManagedModel> selected) {
        List<String> answers = selected.stream()
                .filter(model -> !model.isMarkedForDeletion())
                .map(model -> "%s as %s"
                        .formatted(
                                model.getSpec().model(),
                                requireNonNullElse(
                                        model.getSpec().identifier(),
                                        model.getMetadata().getName())))
                .distinct()
                .sorted()
                .toList();
        return answers.size() < 2
                ? Optional.empty()
                : Optional.of(new ServiceProblem(
                        ServiceProblem.Kind.MIXED_MODELS,
                        "The Service selects %d different models, and clients reach one of them at random: %s. Select ManagedModels with the same model and identifier"
                                .formatted(answers.size(), String.join(", ", answers))));
    }

    /** Whether the node has no address of the families of the Service. */
    static boolean hasNoAddress(Service service, NodeAddress.Usable address) {
        return EndpointPlanner.families(service.getSpec()).stream()
                .allMatch(family -> address.of(family).isEmpty());
    }

    static String familyMismatch(Service service, EndpointNode node) {
        return "node %s has no %s address; set spec.ipFamilies of the Service, or spec.advertisedAddress of the LMStudioNode"
                .formatted(
                        node.name(),
                        String.join(
                                " or ",
                                EndpointPlanner.families(service.getSpec()).stream()
                                        .map(Family::text)
                                        .toList()));
    }

    private static String text(ModelSelector selector) {
        return String.join(
                ",",
                selector.labels().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .sorted()
                        .toList());
    }
}
