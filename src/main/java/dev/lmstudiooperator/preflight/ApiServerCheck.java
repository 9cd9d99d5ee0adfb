package dev.lmstudiooperator.preflight;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.kubernetes.KubernetesClients;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the API server serves the ManagedModels of this release. The check needs only permissions that every
 * service account has.
 */
final class ApiServerCheck implements AutoCloseable {

    private static final String DOCUMENT = "/openapi/v3/apis/" + HasMetadata.getApiVersion(ManagedModel.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final KubernetesClient client;
    private final Schema ours = Schema.ofThisRelease();

    /** Uses its own client without retries, so that the caller can report each failure. */
    ApiServerCheck(KubernetesClient client) {
        this.client = KubernetesClients.withDeadline(client, DEADLINE);
    }

    /** Result of the check. */
    sealed interface Result {

        /** The API server serves ManagedModels with all fields of this release. */
        record Ready() implements Result {}

        /** The CustomResourceDefinition lacks fields that this release uses. */
        record Older(Set<String> missingFields) implements Result {}

        /** The API server does not serve ManagedModels. */
        record NoDefinition() implements Result {}

        /** The API server does not authenticate this process, or does not permit the request. */
        record Refused(int code) implements Result {}

        /** The API server does not respond. */
        record Unreachable(String why) implements Result {}
    }

    /** The check of the API server permissions of this process. */
    PermissionCheck permissions(ProcessDefinition process) {
        return new PermissionCheck(client, process);
    }

    String address() {
        return client.getMasterUrl().toString();
    }

    Result ask() {
        try {
            @Nullable String document = client.raw(DOCUMENT);
            return document == null
                    ? new Result.NoDefinition()
                    : Schema.served(document).map(this::compare).orElseGet(Result.NoDefinition::new);
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case 404 -> new Result.NoDefinition();
                case 401, 403 -> new Result.Refused(e.getCode());
                default -> unreachable(KubernetesClients.rootCause(e));
            };
        } catch (IOException e) {
            return unreachable("its answer cannot be read: " + KubernetesClients.rootCause(e));
        }
    }

    private Result unreachable(String why) {
        return new Result.Unreachable(why + proxyClause(client.getConfiguration()));
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

    private Result compare(Schema served) {
        Set<String> missing = ours.missingIn(served);
        return missing.isEmpty() ? new Result.Ready() : new Result.Older(missing);
    }

    /**
     * A clause about the proxy for an error message; empty without a proxy. The proxy, or a missing exception for the host,
     * can cause a failure. It never contains the credentials of the proxy.
     */
    static String proxyClause(Config config) {
        return Optional.ofNullable(
                        config.getMasterUrl().startsWith("https:") ? config.getHttpsProxy() : config.getHttpProxy())
                .map(url -> ", asked through the proxy %s (HTTPS_PROXY); name the host in NO_PROXY to ask it directly"
                        .formatted(proxyAddress(url)))
                .orElse("");
    }

    private static String proxyAddress(String url) {
        try {
            URI proxy = new URI(url.contains("://") ? url : "http://" + url);
            return proxy.getHost() == null ? "of the environment" : "%s:%d".formatted(proxy.getHost(), proxy.getPort());
        } catch (URISyntaxException e) {
            return "of the environment";
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
