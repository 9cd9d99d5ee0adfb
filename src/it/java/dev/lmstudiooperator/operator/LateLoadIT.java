package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An LM Studio that completes an abandoned load without reporting it. The agent therefore loads the model twice. */
@WithControlPlane
class LateLoadIT {

    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private Scene scene;

    @BeforeEach
    void start(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path directory) {
        scene = Scene.start(
                controlPlane,
                namespace.name(),
                directory,
                Map.of(
                        "LMSTUDIO_OPERATOR_LMS_LOAD_TIMEOUT",
                        "2s",
                        "LMSTUDIO_OPERATOR_LMS_TERMINATION_GRACE_PERIOD",
                        "200ms"));
        scene.operator().awaitReady();
        scene.lmStudio().set("v0", false);
        scene.lmStudio().set("lateLoad", true);
        scene.lmStudio().set("reserveIdentifier", false);
        scene.lmStudio().setLoadTime(LOAD_TIME);
        // Only a call that is killed leaves its load running.
        scene.lmStudio().fault(Fault.on("load", "ignoreInt"));
        scene.lmStudio().fault(Fault.on("load", "ignoreTerm"));
    }

    @AfterEach
    void stop() {
        scene.models().deleteAll();
        scene.close();
    }

    @Test
    void secondCopyThatAGivenUpLoadOfOursLeftBehindIsUnloadedAndNoOther() {
        placeLoadedAsWeLoad("chat:7");
        scene.apply("chat", "model: qwen3-4b, verification: {settleSeconds: 0, periodSeconds: 5}");
        eventually("the load was repeated", () -> scene.lmStudio().loading(), loads -> loads.size() == 2);

        scene.lmStudio().setLoadTime(Duration.ZERO);
        scene.lmStudio().advanceClock(LOAD_TIME);

        scene.awaitReady("chat");
        eventually("the copy is gone", this::identifiers, loaded -> List.copyOf(loaded)
                .equals(List.of("chat", "chat:7")));
        assertThat(scene.lmStudio().journal().calls("unload")).singleElement().satisfies(call -> assertThat(call.argv())
                .contains("chat:2"));
        eventually("the duplicate is reported", () -> scene.eventsOf("chat"), events -> events.contains("Duplicated"));
    }

    private void placeLoadedAsWeLoad(String identifier) {
        scene.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "qwen3-4b")
                        .put("identifier", identifier)
                        .put("ttlMs", 600_000));
    }

    private List<String> identifiers() {
        return scene.lmStudio().instances().stream()
                .map(SimulatedInstance::identifier)
                .sorted()
                .toList();
    }
}
