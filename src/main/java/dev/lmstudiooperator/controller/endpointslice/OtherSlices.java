package dev.lmstudiooperator.controller.endpointslice;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the EndpointSlices of a Service that another controller manages. It lists them when the Service changes and from time
 * to time, because a watch of all slices of a cluster would be expensive.
 */
final class OtherSlices {

    /** Kubernetes writes the slices with this manager from legacy Endpoints objects. */
    private static final String MIRRORING = "endpointslicemirroring-controller.k8s.io";

    private record Checked(@Nullable String resourceVersion, List<ServiceProblem> problems) {}

    private final KubernetesClient client;
    private final Map<ResourceID, Checked> checked = new ConcurrentHashMap<>();

    OtherSlices(KubernetesClient client) {
        this.client = client;
    }

    List<ServiceProblem> problems(Service service) {
        ResourceID id = ResourceID.fromResource(service);
        String version = service.getMetadata().getResourceVersion();
        Checked last = checked.get(id);
        if (last == null || !requireNonNullElse(version, "").equals(last.resourceVersion())) {
            last = new Checked(version, check(service));
            checked.put(id, last);
        }
        return last.problems();
    }

    /** Lists all slices again when they are needed. */
    void forget() {
        checked.clear();
    }

    void forget(ResourceID service) {
        checked.remove(service);
    }

    private List<ServiceProblem> check(Service service) {
        return client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(service.getMetadata().getNamespace())
                .withLabel(SliceFactory.SERVICE_NAME, service.getMetadata().getName())
                .list()
                .getItems()
                .stream()
                .flatMap(slice -> problem(service, slice).stream())
                .distinct()
                .toList();
    }

    static Optional<ServiceProblem> problem(Service service, EndpointSlice slice) {
        if (SliceFactory.isManaged(slice)) {
            return Optional.empty();
        }
        String manager =
                requireNonNullElse(SliceFactory.labelsOf(slice).get(SliceFactory.MANAGED_BY), "an unnamed client");
        return Optional.of(
                manager.equals(MIRRORING)
                        ? new ServiceProblem(
                                ServiceProblem.Kind.MIRRORED_ENDPOINTS,
                                "Clients also reach the addresses of the Endpoints object %s, which Kubernetes mirrors. Delete the Endpoints object, or label it endpointslice.kubernetes.io/skip-mirror=true"
                                        .formatted(service.getMetadata().getName()))
                        : new ServiceProblem(
                                ServiceProblem.Kind.OTHER_ENDPOINT_SLICES,
                                "Clients also reach the addresses in EndpointSlice %s of %s. Stop that controller, or remove annotation %s"
                                        .formatted(slice.getMetadata().getName(), manager, ModelSelector.ANNOTATION)));
    }
}
