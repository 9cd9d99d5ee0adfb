package dev.lmstudiooperator.kubernetes;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * Creates clients that send a request once, with a short timeout. The next attempt follows soon, and a delay must not go
 * unnoticed.
 */
public final class ShortTimeoutClient {

    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(10);

    private ShortTimeoutClient() {}

    /** A copy of the client for a Lease of that duration; the caller closes it. */
    public static KubernetesClient forLease(KubernetesClient client, Duration leaseDuration) {
        return of(client, Collections.min(List.of(LONGEST_REQUEST, leaseDuration.dividedBy(4))));
    }

    /** A copy of the client whose requests end after this time; the caller closes it. */
    public static KubernetesClient of(KubernetesClient client, Duration deadline) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .withConnectionTimeout((int) deadline.toMillis())
                        .withRequestTimeout((int) deadline.toMillis())
                        .build())
                .build();
    }

    /** The message of the first exception of a failure. The client wraps it in exceptions that only name the request. */
    public static String rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return requireNonNullElse(cause.getMessage(), cause.toString());
    }
}
