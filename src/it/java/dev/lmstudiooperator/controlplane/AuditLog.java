package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The audit log of the API server. Tests use it to check which requests the operator sends. Each line is a JSON object of
 * {@code audit.k8s.io/v1} without bodies, for a completed request.
 *
 * @param start the size of the file before the first request that matters
 */
public record AuditLog(Path file, long start) {

    /** Returns the requests of this account so far that the API server denied. */
    public List<String> refusedTo(Account account) {
        return lines().filter(line -> line.contains("\"username\":\"" + account.userName() + "\""))
                .filter(line -> line.contains("\"code\":403"))
                .toList();
    }

    /** Returns the requests so far that changed an object below this path, with their response codes. */
    public List<String> writesTo(String path) {
        return writes().filter(
                        line -> line.contains(path + "/") || line.contains(path + "?") || line.contains(path + "\""))
                .toList();
    }

    /** Returns the requests so far that the API server attributes to an agent of this node. */
    public List<String> requestsOfNode(String node) {
        return lines().filter(
                        line -> line.contains("\"authentication.kubernetes.io/node-name\":[\"%s\"]".formatted(node)))
                .toList();
    }

    /** Returns the requests of service accounts so far that changed something in this namespace. */
    public List<String> writesIn(TestNamespace namespace) {
        return writes().filter(line -> line.contains("/namespaces/" + namespace.name() + "/"))
                .filter(line -> line.contains("\"username\":\"system:serviceaccount:"))
                .toList();
    }

    /** Returns the requests of this account so far that changed something. */
    public List<String> writesOf(Account account) {
        return writes().filter(line -> line.contains("\"username\":\"" + account.userName() + "\""))
                .toList();
    }

    /** Returns the same log without the requests so far. */
    public AuditLog fromNow() {
        try {
            return new AuditLog(file, Files.size(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stream<String> writes() {
        return lines().filter(line -> line.matches(".*\"verb\":\"(create|update|patch|delete)\".*"));
    }

    private Stream<String> lines() {
        try (InputStream log = Files.newInputStream(file)) {
            log.skipNBytes(start);
            return new String(log.readAllBytes(), StandardCharsets.UTF_8).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
