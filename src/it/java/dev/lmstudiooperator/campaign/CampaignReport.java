package dev.lmstudiooperator.campaign;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the machine-readable report of a campaign. It is rewritten after each plan, so that an aborted campaign has a
 * report too.
 */
final class CampaignReport {

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path file;

    CampaignReport(Path file) {
        this.file = file;
    }

    void write(List<Outcome> outcomes) {
        ObjectNode report = MAPPER.createObjectNode();
        report.put("plans", outcomes.size());
        report.put("converged", outcomes.stream().filter(Outcome::hasConverged).count());
        report.put(
                "invariantViolations",
                outcomes.stream()
                        .mapToInt(outcome -> outcome.violations().size())
                        .sum());
        report.put("strikes", outcomes.stream().mapToInt(Outcome::struck).sum());
        // The script that seeds bugs fills in their number.
        report.put("defectsPlanted", 0);
        report.put("defectsCaught", 0);
        ArrayNode list = report.putArray("outcomes");
        outcomes.forEach(outcome -> list.addObject()
                .put("seed", outcome.plan().seed())
                .put("scenario", outcome.plan().scenario().text())
                .put("fault", outcome.plan().faults())
                .put("struck", outcome.struck())
                .put("durationMillis", outcome.duration().toMillis())
                .put("outcome", outcome.word())
                .put("explanation", outcome.isGood() ? "" : outcome.explanation()));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, MAPPER.writeValueAsBytes(report));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
