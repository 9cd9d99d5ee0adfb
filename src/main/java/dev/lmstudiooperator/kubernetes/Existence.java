package dev.lmstudiooperator.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Determines whether a write was refused because its object no longer exists. A later object with the same name is a
 * different object.
 */
public final class Existence {

    private static final int UNPROCESSABLE = 422;

    /**
     * Response codes for a write whose object is gone or has a successor. Depending on the kind of write, the API server
     * reports not found, a UID conflict, or a patch that cannot be applied. Each code may also have another cause.
     */
    private static final Set<Integer> MAY_BE_GONE =
            Set.of(HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_CONFLICT, UNPROCESSABLE);

    private Existence() {}

    /**
     * Whether the write was refused because the object is gone. Reads the object if the response code alone is not
     * sufficient.
     */
    public static boolean isGone(HasMetadata object, KubernetesClientException refusal, KubernetesClient client) {
        return mayBeGone(refusal) && find(object, client).isEmpty();
    }

    static boolean mayBeGone(KubernetesClientException refusal) {
        return MAY_BE_GONE.contains(refusal.getCode());
    }

    /** The current version of the same object. */
    static <T extends HasMetadata> Optional<T> find(T object, KubernetesClient client) {
        return Optional.ofNullable(client.resource(object).get())
                .filter(found -> Objects.equals(
                        found.getMetadata().getUid(), object.getMetadata().getUid()));
    }
}
