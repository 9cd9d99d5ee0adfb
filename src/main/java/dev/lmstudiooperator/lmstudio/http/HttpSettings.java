package dev.lmstudiooperator.lmstudio.http;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The address and the limits of LM Studio's HTTP API.
 *
 * @param address scheme, host and port, such as {@code http://127.0.0.1:1234}
 * @param tokenFile the file with the API token, read for every request; null if LM Studio requires none
 * @param listDeadline the limit for a list, from the first byte sent to the last byte received
 * @param responseBytes the maximum size of a response, in bytes; a list of 10,000 models has about 7 MB
 */
public record HttpSettings(
        URI address, @Nullable Path tokenFile, Duration connectDeadline, Duration listDeadline, int responseBytes) {

    /** The API begins at the root. A path such as {@code /v1} is for clients of other libraries. */
    private static final Set<String> PATHS_OF_A_SERVER = Set.of("", "/");

    public HttpSettings {
        String scheme = address.getScheme();
        if (!("http".equals(scheme) || "https".equals(scheme))
                || address.getHost() == null
                || !PATHS_OF_A_SERVER.contains(address.getPath())
                || address.getUserInfo() != null
                || address.getQuery() != null
                || address.getFragment() != null) {
            throw new IllegalArgumentException(
                    "The address of LM Studio's API is like http://127.0.0.1:1234, without path, user, query and fragment");
        }
    }

    /** Returns the same settings for an address whose server must not receive the token. */
    HttpSettings withoutToken(URI server) {
        return new HttpSettings(server, null, connectDeadline, listDeadline, responseBytes);
    }
}
