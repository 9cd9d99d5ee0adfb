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
 * Compares the report of the run before with figures that are kept in the repository. Times are another machine's, so that only
 * counts are compared, and ratios to a floor that was measured in the same run.
 */
class RegressionGate {

    private static final Path KEPT = Path.of("src", "benchmark", "baseline.json");

    /** Of a ratio on a noisy machine: less says nothing. */
    private static final double NOISE = 1.5;

    private final ObjectMapper json = new ObjectMapper();

    @TestFactory
    Stream<DynamicTest> isNotWorseThanBefore() throws IOException {
        JsonNode report = json.readTree(Report.JSON_FILE.toFile());
        return elements(json.readTree(KEPT.toFile()))
                .map(kept -> DynamicTest.dynamicTest(
                        kept.path("section").asText() + ": " + kept.path("name").asText(),
                        () -> compare(kept, measured(report, kept))));
    }

    private static void compare(JsonNode kept, JsonNode measured) {
        double median = measured.path("median").asDouble();
        if (kept.has("count")) {
            assertThat(median).isLessThanOrEqualTo(kept.path("count").asDouble());
        } else {
            assertThat(median / measured.path("floor").asDouble())
                    .as("%s over its floor of %s", measured.path("median"), measured.path("floor"))
                    .isLessThanOrEqualTo(NOISE * kept.path("ratio").asDouble());
        }
    }

    private static JsonNode measured(JsonNode report, JsonNode kept) {
        return elements(report.path("figures"))
                .filter(figure -> figure.path("section").equals(kept.path("section"))
                        && figure.path("name").equals(kept.path("name")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("It was not measured: run make benchmark-quick"));
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
