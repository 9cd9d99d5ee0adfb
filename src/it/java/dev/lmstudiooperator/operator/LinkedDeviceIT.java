package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.QWEN_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A linked device uses the identifier of a ManagedModel. The agent does not load the model there, and the deletion still
 * completes.
 */
@OperatorTest("LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s")
class LinkedDeviceIT {

    private static final String DEVICE = "dev-remote-01";

    private final OperatorFixture fixture;

    LinkedDeviceIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void nothingIsLoadedUnderAnIdentifierThatALinkedDeviceUses() {
        fixture.lmStudio().placeInstanceOn(DEVICE, "shared-14b", "chat");

        fixture.apply("chat", QWEN_VERIFIED_OFTEN);

        fixture.awaitStalled("chat", "IdentifierConflict");
        ManagedModel stalled = fixture.await(
                "chat", "has no instance", model -> model.getStatus().instance() == null);
        assertThat(AppliedModels.message(stalled)).contains("linked device", "choose another");
        assertThat(fixture.journal().calls("load")).isEmpty();

        fixture.deleteAndAwaitGone("chat");

        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @Test
    void modelIsLoadedWhenTheLinkedDeviceGivesTheIdentifierUp() {
        fixture.lmStudio().placeInstanceOn(DEVICE, "shared-14b", "chat");
        fixture.apply("chat", QWEN_VERIFIED_OFTEN);
        fixture.awaitReason("chat", "IdentifierConflict");

        fixture.lmStudio().evict("chat", DEVICE);

        fixture.awaitReady("chat");
        assertThat(fixture.journal().loadsOf("chat")).containsExactly("loaded");
    }

    @Test
    void deletionEndsWhenTheLocalInstanceIsGoneAndNotBefore() {
        givenADeletedModelBesideALinkedDevice("chat", QWEN_VERIFIED_OFTEN);

        staysWhileObserved("chat");
        evictLocal("chat");

        fixture.awaitGone("chat");
        assertThat(fixture.journal().calls("unload")).isEmpty();
        assertThat(fixture.lmStudio().instances())
                .extracting(SimulatedInstance::deviceIdentifier)
                .containsExactly(Optional.of(DEVICE));
    }

    @Test
    void deletionEndsWhenTheTtlHasRunOut() {
        givenADeletedModelBesideALinkedDevice("chat", QWEN_VERIFIED_OFTEN + ", ttlSeconds: 600");

        fixture.lmStudio().advanceClock(Duration.ofMinutes(11));

        fixture.awaitGone("chat");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @Test
    void forceReleaseRemovesTheFinalizerImmediately() {
        givenADeletedModelBesideALinkedDevice("chat", QWEN_VERIFIED_OFTEN);

        fixture.annotate("chat", ManagedModel.FORCE_RELEASE_ANNOTATION, "true");

        fixture.awaitGone("chat");
        assertThat(fixture.journal().calls("unload")).isEmpty();
        assertThat(fixture.lmStudio().instances()).hasSize(2);
    }

    private void givenADeletedModelBesideALinkedDevice(String name, String spec) {
        fixture.applyAndAwaitReady(name, spec);
        fixture.lmStudio().placeInstanceOn(DEVICE, "shared-14b", name);
        fixture.awaitReason(name, "IdentifierConflict");
        fixture.resource(name).delete();
        ManagedModel waiting =
                fixture.await(name, "waits for the local instance to go", model -> AppliedModels.message(model)
                        .contains("Waiting until the instance is gone"));
        assertThat(AppliedModels.message(waiting)).contains(ManagedModel.FORCE_RELEASE_ANNOTATION);
    }

    private void staysWhileObserved(String name) {
        fixture.lmStudio().awaitCalls("ps", 3);
        assertThat(fixture.resource(name).get()).isNotNull();
    }

    private void evictLocal(String identifier) {
        fixture.lmStudio()
                .control(
                        "evict",
                        SimulatorProcess.object().put("identifier", identifier).putNull("deviceIdentifier"));
    }
}
