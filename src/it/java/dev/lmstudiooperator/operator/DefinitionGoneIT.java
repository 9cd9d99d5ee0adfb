package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A CRD is missing for a while. */
@WithControlPlane(shared = false)
class DefinitionGoneIT {

    private static final Duration UNTIL_NOTICED = Duration.ofSeconds(15);

    @Test
    void operatorIsNotReadyMeanwhileAndServesManagedModelsAgainAfterwards(
            ControlPlane controlPlane, @TempDir Path folder) {
        controlPlane.applyManifests();
        String namespace = controlPlane.createNamespace("definition-gone").name();
        try (OperatorFixture fixture = OperatorFixture.start(controlPlane, namespace, folder)) {
            fixture.operator().awaitReady();
            fixture.applyAndAwaitLoad("before", LLAMA);

            new ManagedModelDefinition(controlPlane).delete();

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
            fixture.applyAndAwaitLoad("after", LLAMA);
            fixture.lmStudio().evict("after");
            fixture.awaitReadyAfterLoads("after", 2);
            fixture.deleteAndAwaitGone("after");
        }
    }

    /** In the middle of an upgrade from a release without sets. */
    @Test
    void controllerSchedulesWithoutTheDefinitionOfSetsAndReconcilesThemLater(
            ControlPlane controlPlane, @TempDir Path folder) {
        controlPlane.applyManifests();
        String namespace = controlPlane.createNamespace("sets-missing").name();
        try (Cluster cluster = Cluster.on(controlPlane, namespace, folder);
                ServingAgent agent = ServingAgent.start(cluster.admin(), "gpu-1")) {
            controlPlane
                    .kubectl()
                    .run("delete", "crd", HasMetadata.getFullResourceName(ManagedModelSet.class))
                    .orThrow();
            OperatorProcess controller = cluster.addController();
            cluster.awaitReady();
            assertThat(cluster.models()
                            .applyAndAwaitReady("plain", LLAMA)
                            .getStatus()
                            .nodeName())
                    .isEqualTo(agent.node());
            assertThat(controller.get("/q/health/live")).startsWith("200");

            controlPlane.applyManifests();

            cluster.models().sets().apply("chat", "template: {spec: {model: qwen3-4b}}");
            cluster.models().sets().awaitReady("chat", 1);
        }
    }
}
