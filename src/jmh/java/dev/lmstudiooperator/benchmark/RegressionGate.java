package dev.lmstudiooperator.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares the report of the previous run with the limits in the repository. Times depend on the machine. The limits
 * therefore apply to counts, and to ratios to a floor that was measured in the same run. Each limit is as far above a
 * measured value as a noisy machine requires.
 */
class RegressionGate {

    private static final Path LIMITS = Path.of("src", "jmh", "gate.json");

    private final ObjectMapper json = new ObjectMapper();

    @TestFactory
    Stream<DynamicTest> isWithinItsLimits() throws IOException {
        JsonNode report = json.readTree(Report.JSON_FILE.toFile());
        return elements(json.readTree(LIMITS.toFile()))
                .map(limit -> DynamicTest.dynamicTest(
                        limit.path("section").asText() + ": "
                                + limit.path("name").asText(),
                        () -> compare(measured(report, limit), limit)));
    }

    private static void compare(JsonNode measured, JsonNode limit) {
        double median = measured.path("median").asDouble();
        if (limit.has("countAtMost")) {
            assertThat(median).isLessThanOrEqualTo(limit.path("countAtMost").asDouble());
        } else {
            assertThat(median / measured.path("floor").asDouble())
                    .as("%s over a floor of %s", measured.path("median"), measured.path("floor"))
                    .isLessThanOrEqualTo(limit.path("ratioAtMost").asDouble());
        }
    }

    private static JsonNode measured(JsonNode report, JsonNode limit) {
        return elements(report.path("figures"))
                .filter(figure -> figure.path("section").equals(limit.path("section"))
                        && figure.path("name").equals(limit.path("name")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("The report lacks this figure. Run make benchmark SUITE=quick"));
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
