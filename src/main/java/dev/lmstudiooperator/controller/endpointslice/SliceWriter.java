package dev.lmstudiooperator.controller.endpointslice;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** Writes EndpointSlices. A conflict shows that the cache is outdated: the newer slice is cached before the retry. */
final class SliceWriter {

    private final KubernetesClient client;
    private final SliceCache cache;

    SliceWriter(KubernetesClient client, SliceCache cache) {
        this.client = client;
        this.cache = cache;
    }

    /** Writes new endpoints before it deletes slices, so that a Service is not empty meanwhile. */
    void write(SlicePlanner.Writes writes) {
        writes.updates().forEach(this::update);
        writes.creates().forEach(this::create);
        writes.deletes().forEach(this::delete);
    }

    private void create(EndpointSlice slice) {
        try {
            cache.written(client.resource(slice).create());
        } catch (KubernetesClientException e) {
            throw afterRefresh(slice, e);
        }
    }

    private void update(EndpointSlice slice) {
        try {
            cache.written(client.resource(slice)
                    .lockResourceVersion(slice.getMetadata().getResourceVersion())
                    .update());
        } catch (KubernetesClientException e) {
            throw afterRefresh(slice, e);
        }
    }

    private void delete(EndpointSlice slice) {
        client.resource(slice).delete();
        cache.deleted(slice);
    }

    /** Only a slice that this operator manages is cached. A slice of another manager with this name is left alone. */
    private KubernetesClientException afterRefresh(EndpointSlice slice, KubernetesClientException failure) {
        boolean isOutdated = failure.getCode() == HttpURLConnection.HTTP_CONFLICT
                || failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
        if (isOutdated) {
            EndpointSlice current = client.resource(slice).get();
            if (current == null) {
                cache.deleted(slice);
            } else if (SliceFactory.isManaged(current)) {
                cache.written(current);
            }
        }
        return failure;
    }
}
