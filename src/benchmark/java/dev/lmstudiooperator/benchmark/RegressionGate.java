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
 * Holds the report of the run before against limits that are kept in the repository. Times are another machine's, so that there
 * are limits for counts, and for ratios to a floor that was measured in the same run: as much above what was measured once as a
 * noisy machine may add.
 */
class RegressionGate {

    private static final Path LIMITS = Path.of("src", "benchmark", "gate.json");

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
                .orElseThrow(() -> new AssertionError("It was not measured: run make benchmark-quick"));
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
