package dev.lmstudiooperator.lease;

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
public final class ImpatientClient {

    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(10);

    private ImpatientClient() {}

    /** A copy of the client for a Lease of that duration; the caller closes it. */
    public static KubernetesClient of(KubernetesClient client, Duration leaseDuration) {
        Duration deadline = Collections.min(List.of(LONGEST_REQUEST, leaseDuration.dividedBy(4)));
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .withConnectionTimeout((int) deadline.toMillis())
                        .withRequestTimeout((int) deadline.toMillis())
                        .build())
                .build();
    }
}
