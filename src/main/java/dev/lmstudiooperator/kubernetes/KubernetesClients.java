package dev.lmstudiooperator.kubernetes;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/** Creates clients whose requests always end. */
@Singleton
public final class KubernetesClients {

    /** Enough for a list of some ten thousand objects. */
    private static final Duration LONGEST_RESPONSE = Duration.ofSeconds(30);

    private static final Duration LONGEST_LEASE_REQUEST = Duration.ofSeconds(10);

    /** The client of the operator. */
    @Produces
    @ApplicationScoped
    static KubernetesClient client(KubernetesSerialization serialization, Config config) {
        return builder(LONGEST_RESPONSE)
                .withKubernetesSerialization(serialization)
                .withConfig(config)
                .build();
    }

    static void close(@Disposes KubernetesClient client) {
        client.close();
    }

    /** A copy of the client for a Lease of that duration; the caller closes it. */
    public static KubernetesClient forLease(KubernetesClient client, Duration leaseDuration) {
        return withDeadline(client, Collections.min(List.of(LONGEST_LEASE_REQUEST, leaseDuration.dividedBy(4))));
    }

    /**
     * A copy of the client that sends a request once, and waits no longer than this; the caller closes it. The next attempt
     * follows soon, and a delay must not go unnoticed.
     */
    public static KubernetesClient withDeadline(KubernetesClient client, Duration deadline) {
        return builder(deadline)
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .withConnectionTimeout((int) deadline.toMillis())
                        .withRequestTimeout((int) deadline.toMillis())
                        .build())
                .build();
    }

    static KubernetesClientBuilder builder(Duration longestResponse) {
        return new KubernetesClientBuilder()
                .withHttpClientBuilderConsumer(http -> ResponseTimeout.addTo(http, longestResponse));
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
