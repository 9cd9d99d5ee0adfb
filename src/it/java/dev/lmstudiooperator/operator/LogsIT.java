package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmstudiooperator.logging.LogField;
import dev.lmstudiooperator.simulator.Fault;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The log of the packaged operator, as a log collector in a cluster reads it. No variable selects a text log there. */
@OperatorTest({OperatorProcess.JSON_LOG + "=", "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s"})
class LogsIT {

    private final OperatorFixture fixture;

    LogsIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void lineIsAnObjectWithATimeInUtcAndNoUnknownField() {
        fixture.applyAndAwaitReady("chat", LLAMA_VERIFIED_OFTEN);
        Set<String> known = Stream.concat(
                        Stream.of(
                                "timestamp",
                                "loggerName",
                                "level",
                                "threadName",
                                "message",
                                "errorType",
                                "errorMessage",
                                "stackTrace"),
                        Arrays.stream(LogField.values()).map(LogField::key))
                .collect(Collectors.toSet());

        assertThat(JsonLog.of(fixture.operator())).isNotEmpty().allSatisfy(line -> {
            assertThat(line.path("timestamp").asText()).matches(JsonLog.UTC);
            assertThat(line.path("message").asText()).isNotBlank();
            assertThat(line.path("node").asText()).isEqualTo(fixture.nodeName());
            assertThat(line.fieldNames()).toIterable().isSubsetOf(known);
        });
    }

    @Test
    void logFieldsDescribeTheLifeOfAModel() {
        long generation =
                fixture.apply("story", LLAMA_VERIFIED_OFTEN).getMetadata().getGeneration();
        fixture.awaitReady("story");
        fixture.deleteAndAwaitGone("story");

        JsonNode loaded = awaitLine(line -> isEnd(line, "story", "load"));
        JsonNode verified = awaitLine(line -> line.path("name").asText().equals("story")
                && line.path("reason").asText().equals("Verified"));

        assertThat(loaded.path("model").asText()).isEqualTo("llama-3.2-1b-instruct");
        assertThat(loaded.path("identifier").asText()).isEqualTo("story");
        assertThat(loaded.path("success").isBoolean()).isTrue();
        assertThat(loaded.path("success").asBoolean()).isTrue();
        assertThat(loaded.path("duration_seconds").isNumber()).isTrue();
        assertThat(loaded.path("error").isMissingNode()).isTrue();
        assertThat(verified.path("message").asText()).isEqualTo("ManagedModel changed");
        assertThat(verified.path("generation")).isEqualTo(new ObjectMapper().valueToTree((int) generation));
        assertThat(awaitLine(line -> isEnd(line, "story", "unload"))
                        .path("success")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void failureIsLoggedSanitizedAndBounded() {
        fixture.lmStudio()
                .fault(Fault.on("load", "exit")
                        .with("code", 1)
                        .with("stderr", "Error: \u001b[31mbroken\u001b[0m\u0007 " + "x".repeat(10_000) + "\n")
                        .once());
        fixture.apply("failing", LLAMA_VERIFIED_OFTEN);

        JsonNode failed = awaitLine(line -> isEnd(line, "failing", "load"));

        assertThat(failed.path("success").asBoolean()).isFalse();
        assertThat(failed.path("level").asText()).isEqualTo("WARN");
        assertThat(failed.path("error").asText())
                .contains("broken xxx")
                .doesNotContainPattern("\\p{Cntrl}|\\[31m")
                .hasSizeLessThanOrEqualTo(512);
        fixture.awaitReady("failing");
    }

    @Test
    void nothingIsLoggedAtRest() {
        fixture.applyAndAwaitReady("resting", LLAMA_VERIFIED_OFTEN);
        awaitLine(line -> line.path("reason").asText().equals("Verified")
                && line.path("name").asText().equals("resting"));
        fixture.lmStudio().awaitCalls("ps", 2);
        List<JsonNode> before = JsonLog.of(fixture.operator());

        fixture.lmStudio().awaitCalls("ps", 3);

        assertThat(JsonLog.of(fixture.operator())).isEqualTo(before);
    }

    private static boolean isEnd(JsonNode line, String name, String operation) {
        return line.path("message").asText().equals("Finished operation on LM Studio")
                && line.path("name").asText().equals(name)
                && line.path("operation").asText().equals(operation);
    }

    private JsonNode awaitLine(Predicate<JsonNode> isMeant) {
        return eventually("the line is in the log", () -> JsonLog.of(fixture.operator()), lines -> lines.stream()
                        .anyMatch(isMeant))
                .stream()
                .filter(isMeant)
                .findFirst()
                .orElseThrow();
    }
}
