package dev.lmstudiooperator.controlplane;

import static java.net.HttpURLConnection.HTTP_CONFLICT;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.function.UnaryOperator;

/** Edits objects that a running process also writes, like {@code RetryOnConflict} of client-go. */
public final class RetryOnConflict {

    private static final int ATTEMPTS = 10;

    private RetryOnConflict() {}

    /**
     * Reads the object, changes it and writes it. Starts again if another client wrote it meanwhile, because an edit of
     * fabric8 requires the resource version that was read. The resource must be selected by name: one that was made
     * from an object is not read again.
     */
    public static <T> T edit(Resource<T> resource, UnaryOperator<T> change) {
        for (int attempt = 1; ; attempt++) {
            try {
                return resource.edit(change);
            } catch (KubernetesClientException e) {
                if (e.getCode() != HTTP_CONFLICT || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
