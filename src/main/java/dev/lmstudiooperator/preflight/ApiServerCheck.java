package dev.lmstudiooperator.preflight;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks whether the API server serves ManagedModels. The check needs only permissions that every service account has. */
final class ApiServerCheck implements AutoCloseable {

    private static final String DOCUMENT = "/openapi/v3/apis/" + HasMetadata.getApiVersion(ManagedModel.class);
    private static final int DEADLINE_MILLIS = 5000;

    private final KubernetesClient client;
    private final Schema ours = Schema.ofThisRelease();

    /** Uses its own client without retries, so that the caller can report each failure. */
    ApiServerCheck(KubernetesClient client) {
        this.client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .withConnectionTimeout(DEADLINE_MILLIS)
                        .withRequestTimeout(DEADLINE_MILLIS)
                        .build())
                .build();
    }

    /** The check of the API server permissions of these components. */
    PermissionCheck access(Components parts) {
        return new PermissionCheck(
                client,
                parts.identity(),
                parts.parts().stream()
                        .flatMap(part -> part.rules().stream())
                        .distinct()
                        .toList());
    }

    String address() {
        return client.getMasterUrl().toString();
    }

    CrdCheckResult ask() {
        try {
            @Nullable String document = client.raw(DOCUMENT);
            return document == null
                    ? new CrdCheckResult.NoDefinition()
                    : Schema.served(document).map(this::compare).orElseGet(CrdCheckResult.NoDefinition::new);
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case 404 -> new CrdCheckResult.NoDefinition();
                case 401, 403 -> new CrdCheckResult.Refused(e.getCode());
                default -> new CrdCheckResult.Unreachable(cause(e) + ForwardProxy.clause(client.getConfiguration()));
            };
        } catch (IOException e) {
            return new CrdCheckResult.Unreachable(
                    "its answer cannot be read: " + cause(e) + ForwardProxy.clause(client.getConfiguration()));
        }
    }

    /** A check with very little cost for the API server. */
    boolean isServing() {
        try {
            @Nullable String resources = client.raw("/apis/" + HasMetadata.getApiVersion(ManagedModel.class));
            return resources != null && resources.contains('"' + HasMetadata.getPlural(ManagedModel.class) + '"');
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private CrdCheckResult compare(Schema served) {
        Set<String> missing = ours.missingIn(served);
        return missing.isEmpty() ? new CrdCheckResult.Ready() : new CrdCheckResult.Older(missing);
    }

    private static String cause(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return Optional.ofNullable(cause.getMessage()).orElse(cause.toString());
    }

    @Override
    public void close() {
        client.close();
    }
}
