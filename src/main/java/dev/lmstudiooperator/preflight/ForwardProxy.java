package dev.lmstudiooperator.preflight;

import io.fabric8.kubernetes.client.Config;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Describes the proxy for API server requests in error messages. The proxy, or a missing exception for the host, can cause a
 * failure.
 */
final class ForwardProxy {

    private ForwardProxy() {}

    /** A clause for an error message; empty without a proxy. It never contains the credentials of the proxy. */
    static String clause(Config config) {
        return url(config)
                .map(url -> ", asked through the proxy %s (HTTPS_PROXY); name the host in NO_PROXY to ask it directly"
                        .formatted(address(url)))
                .orElse("");
    }

    private static Optional<String> url(Config config) {
        return Optional.ofNullable(
                config.getMasterUrl().startsWith("https:") ? config.getHttpsProxy() : config.getHttpProxy());
    }

    private static String address(String url) {
        try {
            URI proxy = new URI(url.contains("://") ? url : "http://" + url);
            return proxy.getHost() == null ? "of the environment" : "%s:%d".formatted(proxy.getHost(), proxy.getPort());
        } catch (URISyntaxException e) {
            return "of the environment";
        }
    }
}
