package dev.lmstudiooperator.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.function.UnaryOperator;

/**
 * Applies a status to exactly the object that was read. An apply to the status ignores the UID of the object: a later
 * object with the same name would get the status of its predecessor. The API server compares only the resource version.
 */
public final class StatusApply {

    /** Other clients write to the object too. Ten such conflicts in a row are not expected. */
    private static final int ATTEMPTS = 10;

    private StatusApply() {}

    /**
     * Applies the status, even if the object has changed since it was read.
     *
     * @param read the object that the status is for
     * @param applied the name of that object, and the status
     * @param apply applies its argument, and returns the object that the API server returns
     * @throws KubernetesClientException if the API server refuses the write, for example because the object is gone or has
     *     a successor
     */
    public static <T extends HasMetadata> T apply(T read, T applied, KubernetesClient client, UnaryOperator<T> apply) {
        T current = read;
        for (int attempt = 1; ; attempt++) {
            applied.getMetadata().setResourceVersion(current.getMetadata().getResourceVersion());
            try {
                return apply.apply(applied);
            } catch (KubernetesClientException refusal) {
                if (refusal.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == ATTEMPTS) {
                    throw refusal;
                }
                current = Existence.find(read, client).orElseThrow(() -> refusal);
            }
        }
    }
}
