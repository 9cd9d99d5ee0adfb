package dev.lmstudiooperator.controller.endpointslice;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Caches the Services with the annotation. Of other Services it keeps only the name. */
final class ServiceCache implements AutoCloseable {

    /** Index of the Services with the annotation. */
    private static final String ANNOTATED = "annotated";

    private final SharedIndexInformer<Service> informer;

    /**
     * Returns after all Services are cached.
     *
     * @param changed receives the names of Services that have the annotation, or had it
     */
    ServiceCache(KubernetesClient client, Consumer<ResourceID> changed) {
        this.informer = client.services()
                .inAnyNamespace()
                .runnableInformer(0)
                .removeNamespaceIndex()
                .addIndexers(Map.of(ANNOTATED, ServiceCache::namespaceIfAnnotated))
                .itemStore(new BasicItemStore<>(Cache::metaNamespaceKeyFunc) {
                    @Override
                    public Service put(String key, Service service) {
                        return super.put(key, reduced(service));
                    }
                })
                .addEventHandler(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Service service) {
                        report(service, service);
                    }

                    @Override
                    public void onUpdate(Service before, Service after) {
                        if (!Objects.equals(
                                before.getMetadata().getResourceVersion(),
                                after.getMetadata().getResourceVersion())) {
                            report(before, after);
                        }
                    }

                    @Override
                    public void onDelete(Service service, boolean isFinalStateUnknown) {
                        report(service, service);
                    }

                    private void report(Service before, Service after) {
                        if (isAnnotated(before) || isAnnotated(after)) {
                            changed.accept(ResourceID.fromResource(after));
                        }
                    }
                });
        informer.run();
    }

    /** A Service with the annotation. */
    Optional<Service> find(ResourceID id) {
        String key = Cache.namespaceKeyFunc(id.getNamespace().orElse(""), id.getName());
        return Optional.ofNullable(informer.getStore().getByKey(key)).filter(ServiceCache::isAnnotated);
    }

    /** The Services of a namespace with the annotation. */
    List<Service> inNamespace(String namespace) {
        return informer.getIndexer().byIndex(ANNOTATED, namespace);
    }

    /** All Services with the annotation. */
    List<Service> all() {
        return informer.getStore().list().stream()
                .filter(ServiceCache::isAnnotated)
                .toList();
    }

    private static boolean isAnnotated(Service service) {
        return ModelSelector.text(service.getMetadata().getAnnotations()).isPresent();
    }

    private static List<String> namespaceIfAnnotated(Service service) {
        return isAnnotated(service) ? List.of(service.getMetadata().getNamespace()) : List.of();
    }

    private static Service reduced(Service service) {
        if (isAnnotated(service)) {
            return service;
        }
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withName(service.getMetadata().getName())
                .withUid(service.getMetadata().getUid())
                .withResourceVersion(service.getMetadata().getResourceVersion())
                .endMetadata()
                .build();
    }

    @Override
    public void close() {
        informer.close();
    }
}
