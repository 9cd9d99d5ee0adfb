package dev.lmstudiooperator.faultinjection;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The outcomes of all suites of a run. It is written after each plan in machine-readable form, so that an aborted run has a
 * report too.
 */
final class FaultInjectionReport {

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path file;
    private final List<Outcome> outcomes = new ArrayList<>();

    FaultInjectionReport(Path file) {
        this.file = file;
    }

    /** All outcomes so far, in the order of their ends. */
    synchronized List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }

    synchronized void add(Outcome outcome) {
        outcomes.add(outcome);
        write();
    }

    private void write() {
        ObjectNode report = MAPPER.createObjectNode();
        report.put("plans", outcomes.size());
        report.put("converged", outcomes.stream().filter(Outcome::hasConverged).count());
        report.put(
                "invariantViolations",
                outcomes.stream()
                        .mapToInt(outcome -> outcome.violations().size())
                        .sum());
        report.put(
                "injectedFaults", outcomes.stream().mapToInt(Outcome::injected).sum());
        // The script seed-bugs sets these values.
        report.put("defectsPlanted", 0);
        report.put("defectsCaught", 0);
        ArrayNode list = report.putArray("outcomes");
        outcomes.forEach(outcome -> list.addObject()
                .put("seed", outcome.plan().seed())
                .put("scenario", outcome.plan().scenario().text())
                .put("fault", outcome.plan().faults())
                .put("injected", outcome.injected())
                .put("durationMillis", outcome.duration().toMillis())
                .put("outcome", outcome.result())
                .put("explanation", outcome.isGood() ? "" : outcome.explanation()));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, MAPPER.writeValueAsBytes(report));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
