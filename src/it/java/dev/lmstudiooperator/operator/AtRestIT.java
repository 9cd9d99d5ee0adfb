package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verifies with the audit log of the API server and the simulator's journal that an object at rest causes no writes. */
@WithControlPlane
class AtRestIT {

    private static final int MODELS = 12;

    @Test
    void manyModelsLoadOneAfterTheOtherAndThenCostNothingEvenWhenTheAgentIsRestarted(
            ControlPlane controlPlane, @TempDir Path directory) {
        TestNamespace namespace = controlPlane.createNamespace("at-rest");
        try (OperatorFixture fixture = OperatorFixture.start(controlPlane, namespace.name(), directory)) {
            fixture.operator().awaitReady();
            List<String> names =
                    IntStream.range(0, MODELS).mapToObj(i -> "model-" + i).toList();
            names.forEach(name -> fixture.apply(name, "model: llama-3.2-1b-instruct"));
            names.forEach(fixture::awaitReady);
            assertThat(fixture.journal().calls("load")).hasSize(MODELS);
            assertThat(fixture.journal().mostLoadsAtOnce()).isEqualTo(1);

            int writes = controlPlane.auditLog().writesIn(namespace).size();
            int looks = fixture.journal().calls("ps").size();
            fixture.lmStudio().awaitRequests(20);
            assertThat(controlPlane.auditLog().writesIn(namespace)).hasSize(writes);
            assertThat(fixture.journal().calls("ps")).hasSizeLessThanOrEqualTo(looks + 1);

            fixture.restartOperator();
            eventually(
                    "every model is verified again",
                    () -> fixture.operator()
                            .get("/q/metrics")
                            .lines()
                            .filter(line -> line.startsWith("lms_model_verification_attempts_total")
                                    && line.contains("result=\"passed\""))
                            .toList(),
                    passed -> passed.size() == 1 && passed.getFirst().endsWith(" " + MODELS + ".0"));
            assertThat(controlPlane.auditLog().writesIn(namespace)).hasSize(writes);
        }
    }

    @Test
    void aModelCostsFewWritesUntilItIsReady(ControlPlane controlPlane, @TempDir Path directory) {
        TestNamespace namespace = controlPlane.createNamespace("frugal");
        try (OperatorFixture fixture = OperatorFixture.start(controlPlane, namespace.name(), directory)) {
            fixture.operator().awaitReady();
            // Without a node the controller would need one more write, to report that.
            fixture.awaitNode();
            fixture.applyAndAwaitReady("frugal", "model: llama-3.2-1b-instruct");
            eventually(
                    "the events Bound, Loading and Verified are reported",
                    () -> fixture.eventsOf("frugal"),
                    List.of("Bound", "Loading", "Verified")::equals);

            List<String> writes = controlPlane.auditLog().writesIn(namespace);

            assertThat(ofModel(writes, "/managedmodels/frugal/status")).hasSizeLessThanOrEqualTo(4);
            assertThat(writes.stream().filter(write -> write.contains("/managedmodels/frugal?")))
                    .hasSize(1);
        }
    }

    private static List<String> ofModel(List<String> writes, String path) {
        return writes.stream().filter(write -> write.contains(path)).toList();
    }
}
