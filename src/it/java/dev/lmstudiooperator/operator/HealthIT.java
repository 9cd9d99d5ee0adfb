package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health endpoints. StartupIT covers an unavailable API server: the operator waits for it in the same way. */
@WithControlPlane
class HealthIT {

    /** Upper bound for one poll with the settings below, with a margin for a busy machine. */
    private static final Duration LONGER_THAN_ANY_ROUND = Duration.ofMinutes(2);

    private final ControlPlane controlPlane;
    private final String namespace;

    HealthIT(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void operatorIsNotRestartedWhileLmStudioIsAbsent(@TempDir Path folder) {
        try (OperatorFixture fixture = OperatorFixture.start(
                controlPlane,
                namespace,
                folder,
                Map.of("LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API", "1s"))) {
            fixture.lmStudio().stopDaemon();
            fixture.restartOperator();
            fixture.apply("patient", LLAMA_VERIFIED_OFTEN);
            fixture.awaitReason("patient", "LMStudioUnreachable");
            assertThat(fixture.journal().calls("load")).isEmpty();

            assertThat(fixture.operator().get("/q/health/started")).startsWith("200");
            fixture.operator().awaitNotReady("LM Studio has answered since the agent started");

            fixture.lmStudio().startDaemonAndServer();
            fixture.operator().awaitReady();
            fixture.awaitReady("patient");
            assertThat(fixture.journal().loadsOf("patient")).containsExactly("loaded");

            fixture.lmStudio().stopDaemon();
            fixture.awaitReason("patient", "LMStudioUnreachable");
            assertThat(fixture.operator().get("/q/health/ready")).startsWith("200");
            assertThat(fixture.operator().get("/q/health/live")).startsWith("200");
            assertThat(fixture.operator().isAlive()).isTrue();
        }
    }

    /** Like a token file on a file system that does not respond any more: such a read has no timeout. */
    @Test
    void operatorWhosePollDoesNotEndIsNotAlive(@TempDir Path folder) throws IOException, InterruptedException {
        Path pipe = folder.resolve("token");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Map<String, String> stuck = Map.of(
                "LMSTUDIO_OPERATOR_HTTP_TOKEN_FILE", pipe.toString(),
                "LMSTUDIO_OPERATOR_HTTP_TIMEOUT", "1s",
                "LMSTUDIO_OPERATOR_LMS_READ_TIMEOUT", "1s",
                "LMSTUDIO_OPERATOR_LMS_TERMINATION_GRACE_PERIOD", "100ms",
                "LMSTUDIO_OPERATOR_RETRY_MAX_RETRIES", "0");
        try (OperatorFixture fixture = OperatorFixture.start(controlPlane, namespace, folder, stuck)) {
            fixture.operator().awaitWatching();
            assertThat(fixture.operator().get("/q/health/live")).startsWith("200");

            String live = eventually(
                    "the liveness check reports that the agent stopped polling",
                    LONGER_THAN_ANY_ROUND,
                    () -> fixture.operator().get("/q/health/live"),
                    seen -> seen.startsWith("503"));

            assertThat(live).contains("The agent polls LM Studio", "lastRoundEndedAt");
            assertThat(fixture.operator().get("/q/health/started")).startsWith("200");
        }
    }
}
