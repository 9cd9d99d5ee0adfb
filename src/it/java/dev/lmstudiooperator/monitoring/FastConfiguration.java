package dev.lmstudiooperator.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A copy of {@code deploy/monitoring/prometheus} for tests. It scrapes and evaluates every second, and the alerts wait
 * seconds instead of minutes. The expressions and their ranges are unchanged.
 */
record FastConfiguration(Path folder) {

    /** Writes the configuration for one agent. */
    static FastConfiguration write(Path folder, String agent, String node) {
        try {
            Files.createDirectories(folder.resolve("targets"));
            Files.writeString(
                    folder.resolve("prometheus.yml"),
                    Files.readString(Monitoring.PROMETHEUS.resolve("prometheus.yml"))
                            .replaceAll("(scrape_interval|evaluation_interval): 30s", "$1: 1s"));
            Files.writeString(
                    folder.resolve("rules.yml"),
                    Files.readString(Monitoring.PROMETHEUS.resolve("rules.yml"))
                            .replaceAll("(?m)^( +for: \\d+)m$", "$1s"));
            Files.writeString(folder.resolve("targets/agents.yml"), """
                    - targets: ["%s"]
                      labels: {node: "%s"}
                    """.formatted(agent, node));
            Files.writeString(folder.resolve("targets/controllers.yml"), "[]");
            return new FastConfiguration(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return folder.resolve("prometheus.yml");
    }
}
