package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.QWEN_VERIFIED_OFTEN;
import static dev.lmstudiooperator.operator.ModelSpecs.VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A reason names the failure, and the status describes only the instance of its ManagedModel. */
@OperatorTest({
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s"
})
class ReasonsIT {

    private final OperatorFixture fixture;

    ReasonsIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void failedUnloadIsNotCalledAFailedLoad() {
        fixture.applyAndAwaitReady("kept", QWEN_VERIFIED_OFTEN);
        fixture.lmStudio().fault(refusal("unload"));

        fixture.resource("kept").delete();

        ManagedModel failed = fixture.awaitReason("kept", "UnloadFailed");
        assertThat(AppliedModels.message(failed)).contains("the engine is odd");
        fixture.awaitEvent("kept", "UnloadFailed");
        assertThat(fixture.eventsOf("kept")).doesNotContain("LoadFailed");

        fixture.lmStudio().revokeFaults();

        fixture.awaitGone("kept");
        assertThat(fixture.lmStudio().instances()).isEmpty();
    }

    @Test
    void failedListOfInstancesIsNotCalledAFailedLoad() {
        fixture.applyAndAwaitReady("blind", QWEN_VERIFIED_OFTEN);

        fixture.lmStudio().fault(refusal("ps"));

        ManagedModel unclear = fixture.awaitUnknown("blind", "ObservationFailed");
        assertThat(AppliedModels.message(unclear)).contains("the engine is odd");

        fixture.lmStudio().revokeFaults();

        fixture.awaitReady("blind");
        assertThat(fixture.eventsOf("blind")).doesNotContain("LoadFailed");
        assertThat(fixture.journal().loadsOf("blind")).containsExactly("loaded");
    }

    @Test
    void failedListOfModelsIsNotCalledAFailedLoad() {
        fixture.lmStudio().fault(refusal("ls"));
        fixture.lmStudio().addModel("new-on-disk");
        fixture.apply("blind", QWEN_VERIFIED_OFTEN);

        ManagedModel unclear = fixture.awaitReason("blind", "ObservationFailed");

        assertThat(AppliedModels.message(unclear)).contains("the engine is odd");
        assertThat(fixture.eventsOf("blind")).doesNotContain("LoadFailed", "ModelNotFound");
        fixture.lmStudio().revokeFaults();
        fixture.awaitReady("blind");
    }

    @Test
    void youngerOfTwoWithOneIdentifierDescribesNoInstance() {
        // The model settles for two seconds before it is ready, because creation times have a resolution of one second.
        fixture.applyAndAwaitReady("older", "model: qwen3-4b, identifier: shared, verification: {settleSeconds: 2}");

        fixture.apply("younger", QWEN_VERIFIED_OFTEN + ", identifier: shared");

        fixture.models().scheduleDespiteConflict("younger", fixture.nodeName());
        ManagedModel younger = fixture.awaitReason("younger", "IdentifierConflict");
        assertThat(younger.getStatus().instance()).isNull();
        fixture.deleteAndAwaitGone("younger");
        assertThat(AppliedModels.instance(fixture.awaitReady("older")).adopted())
                .isFalse();
    }

    @Test
    void endOfATemporaryModelIsNormalAndNoEviction() {
        fixture.apply("short", QWEN_VERIFIED_OFTEN + ", retention: Temporary, ttlSeconds: 600");
        fixture.awaitReason("short", "Verified");

        fixture.lmStudio().advanceClock(Duration.ofMinutes(11));

        ManagedModel expired = fixture.awaitReason("short", "Expired");
        assertThat(expired.getStatus().evictions()).isNull();
        List<Event> events =
                eventually("the expiry is reported", () -> fixture.models().events("short"), all -> all.stream()
                        .anyMatch(event -> event.getReason().equals("Expired")));
        assertThat(events).allMatch(event -> event.getType().equals("Normal")).noneMatch(event -> event.getReason()
                .equals("Evicted"));
    }

    @Test
    void statusDescribesTheInstanceAsLmStudioReportsIt() {
        fixture.lmStudio()
                .addModel(SimulatorProcess.object()
                        .put("modelKey", "quantized-4b")
                        .set(
                                "quantization",
                                SimulatorProcess.object().put("name", "Q8_0").put("bits", 8)));
        fixture.apply("variants", "model: qwen/qwen3-8b, load: {parallel: 3}, " + VERIFIED_OFTEN);
        fixture.apply("quantized", "model: quantized-4b, " + VERIFIED_OFTEN);

        InstanceStatus variants = AppliedModels.instance(fixture.awaitReady("variants"));
        InstanceStatus quantized = AppliedModels.instance(fixture.awaitReady("quantized"));

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
