package dev.lmstudiooperator.controller.endpointslice;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Creates the EndpointSlices of one Service. */
final class SliceFactory {

    /** Label with the name of the Service. */
    static final String SERVICE_NAME = "kubernetes.io/service-name";

    /** Label with the controller that writes the slice. */
    static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";

    /** This operator's value of {@link #MANAGED_BY}. */
    static final String MANAGER = ManagedModel.GROUP;

    /** Label by which kube-proxy ignores the slices of a headless Service. */
    private static final String HEADLESS = "service.kubernetes.io/headless";

    private final Service service;

    SliceFactory(Service service) {
        this.service = service;
    }

    /**
     * Creates a slice with a name that depends on the key, so that a repeated creation conflicts.
     *
     * @param names names in use, to which this method adds the new one
     */
    EndpointSlice create(SliceKey key, List<Endpoint> endpoints, Set<String> names) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withName(name(key, names))
                .withLabels(labels())
                .withOwnerReferences(owner())
                .endMetadata()
                .withAddressType(key.family().text())
                .withPorts(key.endpointPort())
                .withEndpoints(endpoints)
                .build();
    }

    /** A copy of the slice with these endpoints. Labels and annotations of other clients stay. */
    EndpointSlice update(EndpointSlice slice, List<Endpoint> endpoints) {
        Map<String, String> labels = new HashMap<>(labelsOf(slice));
        labels.remove(HEADLESS);
        labels.putAll(labels());
        return new EndpointSliceBuilder(slice)
                .editMetadata()
                .withLabels(labels)
                .withOwnerReferences(owner())
                .endMetadata()
                .withEndpoints(endpoints)
                .build();
    }

    /** Whether the metadata of the slice belongs to an earlier Service of the same name, or was changed. */
    boolean isOutdated(EndpointSlice slice) {
        Map<String, String> labels = labelsOf(slice);
        return !labels.entrySet().containsAll(labels().entrySet())
                || labels.containsKey(HEADLESS) != isHeadless()
                || !List.of(owner()).equals(slice.getMetadata().getOwnerReferences());
    }

    /** Whether this operator manages the slice. */
    static boolean isManaged(EndpointSlice slice) {
        return MANAGER.equals(labelsOf(slice).get(MANAGED_BY));
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new HashMap<>();
        labels.put(SERVICE_NAME, service.getMetadata().getName());
        labels.put(MANAGED_BY, MANAGER);
        if (isHeadless()) {
            labels.put(HEADLESS, "");
        }
        return labels;
    }

    private boolean isHeadless() {
        return "None".equals(service.getSpec().getClusterIP());
    }

    private OwnerReference owner() {
        ObjectMeta metadata = service.getMetadata();
        return new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Service")
                .withName(metadata.getName())
                .withUid(metadata.getUid())
                .withController(true)
                .build();
    }

    /** {@code service-4-1234-http-0}: the last number distinguishes slices with the same key. */
    private String name(SliceKey key, Set<String> names) {
        String suffix = Integer.toHexString(List.of(key.portName(), requireNonNullElse(key.appProtocol(), ""))
                .hashCode());
        String family = key.family().text().substring("IPv".length());
        for (int i = 0; ; i++) {
            String name = "%s-%s-%d-%s-%d".formatted(service.getMetadata().getName(), family, key.port(), suffix, i);
            if (names.add(name)) {
                return name;
            }
        }
    }

    static Map<String, String> labelsOf(EndpointSlice slice) {
        return requireNonNullElse(slice.getMetadata().getLabels(), Map.of());
    }
}
