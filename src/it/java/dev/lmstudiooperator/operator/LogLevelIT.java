package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Environment variables of the process change the logging, without a new build. */
@WithControlPlane
class LogLevelIT {

    private static final String TOKEN = "sk-lm-q7TzN3vd:Jh4k2LmP9sWxYb5c6D7e";

    private final ControlPlane controlPlane;
    private final String namespace;

    LogLevelIT(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
    }

    @ParameterizedTest
    @ValueSource(strings = {"LMSTUDIO_OPERATOR_LOG_LEVEL", "QUARKUS_LOG_CATEGORY__DEV_LMSTUDIOOPERATOR__LEVEL"})
    void variableLowersTheLevel(String variable, @TempDir Path folder) {
        try (OperatorFixture fixture = fixture(folder, Map.of(variable, "DEBUG"))) {
            fixture.applyAndAwaitReady("watched", LLAMA);

            assertThat(JsonLog.of(fixture.operator())).anySatisfy(line -> {
                assertThat(line.path("level").asText()).isEqualTo("DEBUG");
                assertThat(line.path("message").asText()).isEqualTo("Reconciled ManagedModel");
                assertThat(line.path("name").asText()).isEqualTo("watched");
            });
        }
    }

    @Test
    void variableRaisesTheLevel(@TempDir Path folder) {
        try (OperatorFixture fixture = fixture(folder, Map.of("LMSTUDIO_OPERATOR_LOG_LEVEL", "warn"))) {
            fixture.applyAndAwaitReady("quiet", LLAMA);

            assertThat(JsonLog.of(fixture.operator()))
                    .noneMatch(line -> line.path("loggerName").asText().startsWith("dev.lmstudiooperator"));
        }
    }

    @Test
    void textHasTheSameTimesAndFields(@TempDir Path folder) {
        try (OperatorFixture fixture = fixture(folder, Map.of(OperatorProcess.JSON_LOG, "false"))) {
            fixture.applyAndAwaitReady("readable", LLAMA);

            assertThat(fixture.operator().lines())
                    .allMatch(line -> line.matches(JsonLog.UTC + " (ERROR|WARN |INFO ) \\[.*"))
                    .anyMatch(line -> line.contains(
                            "ManagedModel changed: namespace=%s name=readable model=llama-3.2-1b-instruct node=%s"
                                    .formatted(namespace, fixture.nodeName())));
        }
    }

    /** Holds even if every library logs at its lowest level and LM Studio returns the token. */
    @Test
    void secretIsInNoLineOfAnyLevel(@TempDir Path folder) throws IOException {
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        try (OperatorFixture fixture = fixture(
                folder, Map.of("QUARKUS_LOG_LEVEL", "DEBUG", "LMSTUDIO_OPERATOR_HTTP_TOKEN_FILE", token.toString()))) {
            fixture.lmStudio().set("token", TOKEN);
            fixture.lmStudio()
                    .fault(Fault.on("http", "status")
                            .with("status", 401)
                            .with("body", "{\"error\":{\"message\":\"%s is not right\"}}".formatted(TOKEN)));
            fixture.apply("guarded", LLAMA);
            fixture.awaitReason("guarded", "NotAuthenticated");
            fixture.lmStudio().revokeFaults();
            fixture.awaitReady("guarded");

            assertThat(JsonLog.of(fixture.operator()))
                    .anyMatch(line -> line.path("level").asText().equals("DEBUG"));
            assertThat(fixture.operator().log()).contains("[secret]").doesNotContain(TOKEN, "sk-lm-");
            assertThat(fixture.operator().log().toLowerCase(Locale.ROOT)).doesNotContain("bearer ");
        }
    }

    /** As in a cluster, no variable selects a text log. */
    private OperatorFixture fixture(Path folder, Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(Map.of(OperatorProcess.JSON_LOG, ""));
        environment.putAll(variables);
        OperatorFixture fixture = OperatorFixture.start(controlPlane, namespace, folder, environment);
        fixture.operator().awaitReady();
        return fixture;
    }
}
