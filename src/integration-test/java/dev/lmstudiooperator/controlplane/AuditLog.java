package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the API server wrote down of each request: the judge of what a rest costs. */
public record AuditLog(Path file) {

    /** Requests so far of this account that it has no right to. */
    public List<String> refusedTo(Account account) {
        return lines().filter(line -> line.contains("\"username\":\"" + account.userName() + "\""))
                .filter(line -> line.contains("\"code\":403"))
                .toList();
    }

    /** Requests so far that changed something below this path, and what their answers were. */
    public List<String> writesTo(String path) {
        return lines().filter(
                        line -> line.contains(path + "/") || line.contains(path + "?") || line.contains(path + "\""))
                .filter(line -> line.matches(".*\"verb\":\"(create|update|patch|delete)\".*"))
                .toList();
    }

    /** Requests so far by whom the API server knows as an agent of that node. */
    public List<String> requestsOfNode(String node) {
        return lines().filter(
                        line -> line.contains("\"authentication.kubernetes.io/node-name\":[\"%s\"]".formatted(node)))
                .toList();
    }

    private Stream<String> lines() {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
