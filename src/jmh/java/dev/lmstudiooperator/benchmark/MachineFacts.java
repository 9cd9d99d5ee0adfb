package dev.lmstudiooperator.benchmark;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The properties of the machine that affect the figures. */
final class MachineFacts {

    private MachineFacts() {}

    static ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("date", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString())
                .put("processors", Runtime.getRuntime().availableProcessors() + " × " + processor())
                .put("memory", value("/proc/meminfo", "MemTotal"))
                .put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("Java", System.getProperty("java.vendor") + " " + Runtime.version())
                .put(
                        "load as it ended",
                        String.format(
                                Locale.ROOT,
                                "%.1f",
                                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    }

    private static String processor() {
        return value("/proc/cpuinfo", "model name");
    }

    /** Returns the value, or an empty string if the file does not exist, as on macOS. */
    private static String value(String file, String name) {
        Path path = Path.of(file);
        if (!Files.exists(path)) {
            return "";
        }
        try (var lines = Files.lines(path)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
