package dev.lmstudiooperator.api.v1alpha1;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;

/**
 * Sends YAML to the API server just as it is written, so that it is the server that reads it, as strictly as kubectl asks
 * for, and not a client that repairs it on the way.
 */
record RawManagedModels(KubernetesClient client, String namespace) {

    /** As {@code kubectl create} and the first {@code kubectl apply} do. */
    Answer create(String yaml) {
        return send("POST", "?fieldManager=people&fieldValidation=Strict", "application/yaml", yaml);
    }

    /** As {@code kubectl apply --server-side} does. */
    Answer apply(String yaml) {
        return send("PATCH", "/llama?fieldManager=people&fieldValidation=Strict", "application/apply-patch+yaml", yaml);
    }

    private Answer send(String method, String rest, String contentType, String yaml) {
        var http = client.getHttpClient();
        URI uri = URI.create(client.getMasterUrl().toString())
                .resolve("/apis/%s/v1alpha1/namespaces/%s/managedmodels%s"
                        .formatted(ManagedModel.GROUP, namespace, rest));
        var request = http.newHttpRequestBuilder()
                .uri(uri)
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
