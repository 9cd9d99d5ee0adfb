package dev.lmstudiooperator.controller.endpointslice;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Caches the EndpointSlices that this operator manages, including its own last writes. */
final class SliceCache implements AutoCloseable {

    private static final String BY_SERVICE = "service";

    /** Lower than any resource version. */
    private static final long NONE = -1;

    /** Results of writes that the watch has not reported yet, by the UID of the slice; empty for a deleted slice. */
    private final Map<String, Optional<EndpointSlice>> written = new ConcurrentHashMap<>();

    private final SharedIndexInformer<EndpointSlice> informer;

    /**
     * Returns after all slices are cached.
     *
     * @param changed receives the name of the Service of a slice
     */
    SliceCache(KubernetesClient client, Consumer<ResourceID> changed) {
        this.informer = client.discovery()
                .v1()
                .endpointSlices()
                .inAnyNamespace()
                .withLabel(SliceFactory.MANAGED_BY, SliceFactory.MANAGER)
                .runnableInformer(0)
                .removeNamespaceIndex()
                .addIndexers(Map.of(BY_SERVICE, slice -> serviceOf(slice).stream()
                        .map(ResourceID::toString)
                        .toList()))
                .addEventHandler(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(EndpointSlice slice) {
                        reported(slice);
                    }

                    @Override
                    public void onUpdate(EndpointSlice before, EndpointSlice after) {
                        reported(after);
                    }

                    @Override
                    public void onDelete(EndpointSlice slice, boolean isFinalStateUnknown) {
                        written.remove(slice.getMetadata().getUid());
                        serviceOf(slice).ifPresent(changed);
                    }

                    private void reported(EndpointSlice slice) {
                        String uid = slice.getMetadata().getUid();
                        Optional<EndpointSlice> own = written.get(uid);
                        if (own != null && own.isEmpty()) {
                            return;
                        }
                        long last = own == null ? NONE : version(own.get());
                        if (own != null && version(slice) >= last) {
                            written.remove(uid, own);
                        }
                        if (version(slice) > last) {
                            serviceOf(slice).ifPresent(changed);
                        }
                    }
                });
        informer.run();
    }

    /** The slices of a Service. */
    List<EndpointSlice> of(ResourceID service) {
        Map<String, EndpointSlice> slices = new HashMap<>();
        informer.getIndexer()
                .byIndex(BY_SERVICE, service.toString())
                .forEach(slice -> slices.put(slice.getMetadata().getUid(), slice));
        written.forEach((uid, own) -> own.ifPresentOrElse(
                slice -> {
                    if (serviceOf(slice).filter(service::equals).isPresent()) {
                        slices.merge(uid, slice, SliceCache::newer);
                    }
                },
                () -> slices.remove(uid)));
        return List.copyOf(slices.values());
    }

    /** The Services that the slices name. */
    Stream<ResourceID> services() {
        return informer.getStore().list().stream()
                .flatMap(slice -> serviceOf(slice).stream())
                .distinct();
    }

    /** Records the answer of the API server to a write. */
    void written(EndpointSlice slice) {
        written.put(slice.getMetadata().getUid(), Optional.of(slice));
        // The watch may have reported the write before its answer arrived.
        EndpointSlice known = informer.getStore().getByKey(Cache.metaNamespaceKeyFunc(slice));
        if (known != null && version(known) >= version(slice)) {
            written.remove(slice.getMetadata().getUid());
        }
    }

    /** Records that a slice was deleted. */
    void deleted(EndpointSlice slice) {
        EndpointSlice known = informer.getStore().getByKey(Cache.metaNamespaceKeyFunc(slice));
        if (known != null
                && known.getMetadata().getUid().equals(slice.getMetadata().getUid())) {
            written.put(slice.getMetadata().getUid(), Optional.empty());
        } else {
            written.remove(slice.getMetadata().getUid());
        }
    }

    private static Optional<ResourceID> serviceOf(EndpointSlice slice) {
        return Optional.ofNullable(slice.getMetadata().getLabels())
                .map(labels -> labels.get(SliceFactory.SERVICE_NAME))
                .map(name -> new ResourceID(name, slice.getMetadata().getNamespace()));
    }

    private static EndpointSlice newer(EndpointSlice one, EndpointSlice other) {
        return version(one) >= version(other) ? one : other;
    }

    /** Resource versions of one object are numbers that grow. */
    private static long version(EndpointSlice slice) {
        return Long.parseLong(slice.getMetadata().getResourceVersion());
    }

    @Override
    public void close() {
        informer.close();
    }
}
