package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CRD of ManagedModels is deleted while the operator runs, and is installed again. */
class DefinitionGoneIT {

    private static final Duration UNTIL_NOTICED = Duration.ofSeconds(15);

    @Test
    void operatorIsNotReadyMeanwhileAndServesManagedModelsAgainAfterwards(@TempDir Path folder) {
        try (ControlPlane controlPlane = ControlPlane.start().applyManifests();
                OperatorFixture fixture = OperatorFixture.start(
                        controlPlane,
                        controlPlane.createNamespace("definition-gone").name(),
                        folder)) {
            fixture.operator().awaitReady();
            fixture.apply("before", LLAMA);
            fixture.awaitReadyAfterLoads("before", 1);

            controlPlane
                    .kubectl()
                    .run("delete", "crd", "managedmodels.lmstudio-operator.dev")
                    .orThrow();

            String answer = eventually(
                    "the operator is not ready",
                    UNTIL_NOTICED,
                    () -> fixture.operator().get("/q/health/ready"),
                    seen -> seen.startsWith("503"));
            assertThat(answer.replaceAll("\\s", ""))
                    .contains("\"TheAPIserverservesManagedModels\",\"status\":\"DOWN\"");
            assertThat(fixture.operator().get("/q/health/live")).startsWith("200");
            assertThat(fixture.operator().log()).contains("ManagedModels are not installed");

            controlPlane.applyManifests();

            fixture.operator().awaitReady();
            fixture.apply("after", LLAMA);
            fixture.awaitReadyAfterLoads("after", 1);
            fixture.lmStudio().evict("after");
            fixture.awaitReadyAfterLoads("after", 2);
            fixture.deleteAndAwaitGone("after");
        }
    }
}
