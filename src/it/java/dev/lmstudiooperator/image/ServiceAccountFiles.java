package dev.lmstudiooperator.image;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The files that a kubelet mounts into every container for access to the API server. */
record ServiceAccountFiles(Path folder, URI apiServer) {

    static final String MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

    static ServiceAccountFiles write(Config config, Path folder) {
        try {
            Path files = Files.createDirectories(folder.resolve("serviceaccount"));
            Files.writeString(files.resolve("token"), config.getAutoOAuthToken());
            Files.copy(Path.of(config.getCaCertFile()), files.resolve("ca.crt"));
            return new ServiceAccountFiles(files, URI.create(config.getMasterUrl()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, String> environment() {
        return Map.of(
                "KUBERNETES_SERVICE_HOST",
                apiServer.getHost(),
                "KUBERNETES_SERVICE_PORT",
                String.valueOf(apiServer.getPort()));
    }
}
