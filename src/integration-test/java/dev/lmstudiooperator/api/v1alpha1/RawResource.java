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
 * One object of ours. Its YAML is sent to the API server just as it is written, so that it is the server that reads it, as
 * strictly as kubectl asks for, and not a client that repairs it on the way.
 *
 * @param collection the path of the objects of its kind
 */
record RawResource(KubernetesClient client, String collection, String name) implements AutoCloseable {

    /** @param namespace of no matter for a kind that has none */
    static RawResource of(Class<? extends HasMetadata> type, KubernetesClient client, String namespace, String name) {
        String scope = Namespaced.class.isAssignableFrom(type) ? "/namespaces/" + namespace : "";
        String collection = "/apis/" + HasMetadata.getApiVersion(type) + scope + "/" + HasMetadata.getPlural(type);
        return new RawResource(client, collection, name);
    }

    /** As {@code kubectl create} and the first {@code kubectl apply} do. */
    Answer create(String yaml) {
        return send("POST", "?fieldManager=people&fieldValidation=Strict", "application/yaml", yaml);
    }

    /** As {@code kubectl apply --server-side} does. */
    Answer apply(String yaml) {
        String options = "?fieldManager=people&fieldValidation=Strict";
        return send("PATCH", "/" + name + options, "application/apply-patch+yaml", yaml);
    }

    /** Deletes it, if it came to be: without a namespace it would be in the way of others. */
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

    /** What the API server said. */
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
