package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ServiceResource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Services of one namespace, and their EndpointSlices. */
public final class AppliedServices {

    private final KubernetesClient admin;
    private final String namespace;

    public AppliedServices(KubernetesClient admin, String namespace) {
        this.admin = admin;
        this.namespace = namespace;
    }

    /** Creates a Service with a port and this model selector. More of the spec is given in YAML's flow style. */
    public Service create(String name, String selector, String more) {
        return admin.resource(Serialization.unmarshal("""
                        apiVersion: v1
                        kind: Service
                        metadata:
                          name: %s
                          namespace: %s
                          annotations: {lmstudio-operator.dev/model-selector: "%s"}
                        spec: {ports: [{name: http, port: 80}]%s}
                        """.formatted(name, namespace, selector, more), Service.class))
                .create();
    }

    public Service create(String name, String selector) {
        return create(name, selector, "");
    }

    public ServiceResource<Service> resource(String name) {
        return admin.services().inNamespace(namespace).withName(name);
    }

    public List<Service> all() {
        return admin.services().inNamespace(namespace).list().getItems();
    }

    /** All EndpointSlices of a Service, also of other managers. */
    public List<EndpointSlice> slices(String service) {
        return admin.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .withLabel("kubernetes.io/service-name", service)
                .list()
                .getItems();
    }

    /** Follows the EndpointSlices of a Service as kube-proxy does. Returns the addresses of the ready endpoints. */
    Supplier<List<URI>> watchAddresses(String service) {
        SharedIndexInformer<EndpointSlice> slices = admin.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .withLabel("kubernetes.io/service-name", service)
                .runnableInformer(0)
                .run();
        return () -> slices.getStore().list().stream()
                .flatMap(slice -> slice.getEndpoints().stream()
                        .filter(endpoint -> endpoint.getConditions().getReady())
                        .map(endpoint -> URI.create("http://%s:%d"
                                .formatted(
                                        endpoint.getAddresses().getFirst(),
                                        slice.getPorts().getFirst().getPort()))))
                .toList();
    }

    List<Endpoint> endpoints(String service) {
        return slices(service).stream()
                .flatMap(slice -> requireNonNullElse(slice.getEndpoints(), List.<Endpoint>of()).stream())
                .toList();
    }

    /** The names of the ManagedModels that receive requests through a Service. */
    public List<String> ready(String service) {
        return endpoints(service).stream()
                .filter(endpoint -> endpoint.getConditions().getReady())
                .map(endpoint -> endpoint.getTargetRef().getName())
                .sorted()
                .toList();
    }

    public void awaitReady(String service, String... models) {
        eventually(
                "Service %s sends requests to %s".formatted(service, List.of(models)),
                () -> ready(service),
                List.of(models)::equals);
    }

    public List<EndpointSlice> awaitSlices(String service, String claim, Predicate<List<EndpointSlice>> isSo) {
        return eventually("the slices of Service %s %s".formatted(service, claim), () -> slices(service), isSo);
    }

    String awaitEvent(String service, String reason) {
        return eventually(
                        "Service %s has an event with reason %s".formatted(service, reason),
                        () -> AppliedModels.events(admin, namespace, service),
                        events -> events.stream().anyMatch(event -> reason.equals(event.getReason())))
                .stream()
                .filter(event -> reason.equals(event.getReason()))
                .findFirst()
                .orElseThrow()
                .getNote();
    }

    void deleteAll() {
        admin.services().inNamespace(namespace).delete();
        admin.discovery().v1().endpointSlices().inNamespace(namespace).delete();
    }
}
