package dev.lmstudiooperator.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Whether a write was refused because its object no longer exists. A later object of the same name is another one. */
public final class Existence {

    private static final int UNPROCESSABLE = 422;

    /**
     * The answers to a write whose object is gone, or has a successor. By the kind of the write, the API server finds nothing, a
     * conflict of UIDs, or a patch that cannot be applied. Each of them may mean something else, too.
     */
    private static final Set<Integer> MAY_BE_GONE =
            Set.of(HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_CONFLICT, UNPROCESSABLE);

    private Existence() {}

    /** Whether the write was refused because the object is gone. Asks the API server when the answer alone does not tell. */
    public static boolean isGone(HasMetadata object, KubernetesClientException refusal, KubernetesClient client) {
        return mayBeGone(refusal) && find(object, client).isEmpty();
    }

    static boolean mayBeGone(KubernetesClientException refusal) {
        return MAY_BE_GONE.contains(refusal.getCode());
    }

    /** The same object as it is now. */
    static <T extends HasMetadata> Optional<T> find(T object, KubernetesClient client) {
        return Optional.ofNullable(client.resource(object).get())
                .filter(found -> Objects.equals(
                        found.getMetadata().getUid(), object.getMetadata().getUid()));
    }
}
