package dev.lmstudiooperator.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads the files of {@code deploy/monitoring}. Tests run in the project directory. */
final class Monitoring {

    static final Path FOLDER = Path.of("deploy", "monitoring");
    static final Path PROMETHEUS = FOLDER.resolve("prometheus");

    private Monitoring() {}

    /** The rules of this kind: {@code alert} or {@code record}. */
    static List<JsonNode> rules(String kind) {
        return read(PROMETHEUS.resolve("rules.yml"))
                .path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .filter(rule -> rule.has(kind))
                .toList();
    }

    static List<String> alerts() {
        return rules("alert").stream().map(rule -> rule.path("alert").asText()).toList();
    }

    static List<Dashboard> dashboards() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("dashboards"))) {
            return files.sorted().map(file -> new Dashboard(read(file))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads YAML or JSON. */
    static JsonNode read(Path file) {
        try {
            return Serialization.unmarshal(Files.readString(file), JsonNode.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
