package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.InstanceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A reason names the failure, and the status describes only the instance of its ManagedModel. */
@WithScene({"LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s", "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s"
})
class ReasonsIT {

    private static final String CHECK = "verification: {settleSeconds: 0, periodSeconds: 5}";
    private static final String QWEN = "model: qwen3-4b, " + CHECK;

    private final Scene scene;
    private final ControlPlane controlPlane;

    ReasonsIT(Scene scene, ControlPlane controlPlane) {
        this.scene = scene;
        this.controlPlane = controlPlane;
    }

    @Test
    void failedUnloadIsNotCalledAFailedLoad() {
        scene.apply("kept", QWEN);
        scene.awaitReady("kept");
        scene.lmStudio().fault(refusal("unload"));

        scene.resource("kept").delete();

        ManagedModel failed = scene.awaitReason("kept", "UnloadFailed");
        assertThat(AppliedModels.message(failed)).contains("the engine is odd");
        eventually(
                "the failed unload is reported",
                () -> scene.eventsOf("kept"),
                events -> events.contains("UnloadFailed"));
        assertThat(scene.eventsOf("kept")).doesNotContain("LoadFailed");

        scene.lmStudio().revokeFaults();

        scene.awaitGone("kept");
        assertThat(scene.lmStudio().instances()).isEmpty();
    }

    @Test
    void failedListOfInstancesIsNotCalledAFailedLoad() {
        scene.apply("blind", QWEN);
        scene.awaitReady("blind");

        scene.lmStudio().fault(refusal("ps"));

        ManagedModel unclear = scene.awaitReason("blind", "ObservationFailed");
        assertThat(AppliedModels.condition(unclear, "Ready")).isEqualTo("Unknown");
        assertThat(AppliedModels.message(unclear)).contains("the engine is odd");

        scene.lmStudio().revokeFaults();

        scene.awaitReady("blind");
        assertThat(scene.eventsOf("blind")).doesNotContain("LoadFailed");
        assertThat(scene.lmStudio().journal().loadsOf("blind")).containsExactly("loaded");
    }

    @Test
    void failedListOfModelsIsNotCalledAFailedLoad() {
        scene.lmStudio().fault(refusal("ls"));
        scene.lmStudio().addModel("new-on-disk");
        scene.apply("blind", QWEN);

        ManagedModel unclear = scene.awaitReason("blind", "ObservationFailed");

        assertThat(AppliedModels.message(unclear)).contains("the engine is odd");
        assertThat(scene.eventsOf("blind")).doesNotContain("LoadFailed", "ModelNotFound");
        scene.lmStudio().revokeFaults();
        scene.awaitReady("blind");
    }

    @Test
    void youngerOfTwoWithOneIdentifierDescribesNoInstance() {
        // The model settles for two seconds before it is ready, because creation times have a resolution of one second.
        scene.apply("older", "model: qwen3-4b, identifier: shared, verification: {settleSeconds: 2}");
        scene.awaitReady("older");

        scene.apply("younger", QWEN + ", identifier: shared");

        ManagedModel younger = scene.awaitReason("younger", "IdentifierConflict");
        assertThat(younger.getStatus().instance()).isNull();
        scene.deleteAndAwaitGone("younger");
        assertThat(AppliedModels.instance(scene.awaitReady("older")).adopted()).isFalse();
    }

    @Test
    void endOfATemporaryModelIsNormalAndNoEviction() {
        scene.apply("short", QWEN + ", retention: Temporary, ttlSeconds: 600");
        scene.awaitReason("short", "Verified");

        scene.lmStudio().advanceClock(Duration.ofMinutes(11));

        ManagedModel expired = scene.awaitReason("short", "Expired");
        assertThat(expired.getStatus().evictions()).isNull();
        List<Event> events = eventually(
                "the expiry is reported",
                () -> AppliedModels.eventsOf(controlPlane.admin(), scene.namespace(), "short"),
                all -> all.stream().anyMatch(event -> event.getReason().equals("Expired")));
        assertThat(events).allMatch(event -> event.getType().equals("Normal")).noneMatch(event -> event.getReason()
                .equals("Evicted"));
    }

    @Test
    void statusDescribesTheInstanceAsLmStudioReportsIt() {
        scene.lmStudio()
                .addModel(SimulatorProcess.object()
                        .put("modelKey", "quantized-4b")
                        .set(
                                "quantization",
                                SimulatorProcess.object().put("name", "Q8_0").put("bits", 8)));
        scene.apply("variants", "model: qwen/qwen3-8b, load: {parallel: 3}, " + CHECK);
        scene.apply("quantized", "model: quantized-4b, " + CHECK);

        InstanceStatus variants = AppliedModels.instance(scene.awaitReady("variants"));
        InstanceStatus quantized = AppliedModels.instance(scene.awaitReady("quantized"));

        assertThat(variants.variant()).startsWith("qwen/qwen3-8b@");
        assertThat(variants.parallel()).isEqualTo(3);
        assertThat(quantized.variant()).isNull();
        assertThat(quantized.quantization()).isEqualTo("Q8_0");
    }

    private static Fault refusal(String command) {
        return Fault.on(command, "serverError")
                .with("title", "Error loading model")
                .with("cause", "the engine is odd");
    }
}
