package dev.lmstudiooperator.api.v1alpha1;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;

/**
 * One custom resource whose YAML is sent to the API server unchanged. The server parses it with strict field
 * validation, like for kubectl, and no client repairs it.
 *
 * @param collection the path of the collection of its kind
 */
record RawResource(KubernetesClient client, String collection, String name) implements AutoCloseable {

    /** @param namespace ignored for cluster-scoped kinds */
    static RawResource of(Class<? extends HasMetadata> type, KubernetesClient client, String namespace, String name) {
        String scope = Namespaced.class.isAssignableFrom(type) ? "/namespaces/" + namespace : "";
        String collection = "/apis/" + HasMetadata.getApiVersion(type) + scope + "/" + HasMetadata.getPlural(type);
        return new RawResource(client, collection, name);
    }

    /** Creates the object like {@code kubectl create} and the first {@code kubectl apply}. */
    Answer create(String yaml) {
        return send("POST", "?fieldManager=people&fieldValidation=Strict", "application/yaml", yaml);
    }

    /** Applies the object like {@code kubectl apply --server-side}. */
    Answer apply(String yaml) {
        String options = "?fieldManager=people&fieldValidation=Strict";
        return send("PATCH", "/" + name + options, "application/apply-patch+yaml", yaml);
    }

    /** Deletes the object if it exists, because a cluster-scoped object would affect other tests. */
    @Override
    public void close() {
        send("DELETE", "/" + name, "application/yaml", "");
    }

    private Answer send(String method, String rest, String contentType, String yaml) {
        var http = client.getHttpClient();
        var request = http.newHttpRequestBuilder()
                .uri(URI.create(client.getMasterUrl().toString()).resolve(collection + rest))
                .method(method, contentType, yaml)
                .build();
        HttpResponse<byte[]> response = http.sendAsync(request, byte[].class).join();
        return new Answer(response.code(), new String(response.body(), UTF_8));
    }

    /** The response of the API server. */
    record Answer(int code, String body) {

        boolean isAccepted() {
            return code == 200 || code == 201;
        }

        boolean isRefused() {
            return code == 400 || code == 422;
        }

        String message() {
            return String.valueOf(Serialization.unmarshal(body, Status.class).getMessage());
        }
    }
}
