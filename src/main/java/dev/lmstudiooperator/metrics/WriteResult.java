package dev.lmstudiooperator.metrics;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** Result of a write to the API server. */
enum WriteResult {
    SUCCESS,
    CONFLICT,
    FAILURE;

    static WriteResult of(RuntimeException thrown) {
        return thrown instanceof KubernetesClientException refused
                        && refused.getCode() == HttpURLConnection.HTTP_CONFLICT
                ? CONFLICT
                : FAILURE;
    }
}
