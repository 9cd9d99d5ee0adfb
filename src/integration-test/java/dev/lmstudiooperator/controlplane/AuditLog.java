package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the API server wrote down of each request: the judge of what a rest costs. */
public record AuditLog(Path file) {

    /** Requests so far that changed something below this path, and what their answers were. */
    public List<String> writesTo(String path) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line ->
                            line.contains(path + "/") || line.contains(path + "?") || line.contains(path + "\""))
                    .filter(line -> line.matches(".*\"verb\":\"(create|update|patch|delete)\".*"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
