package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
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
@WithScene("LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s")
class LinkedDeviceIT {

    private static final String DEVICE = "dev-remote-01";
    private static final String CHAT = "model: qwen3-4b, verification: {settleSeconds: 0, periodSeconds: 5}";

    private final Scene scene;

    LinkedDeviceIT(Scene scene) {
        this.scene = scene;
    }

    @Test
    void nothingIsLoadedUnderAnIdentifierThatALinkedDeviceUses() {
        scene.lmStudio().placeInstanceOn(DEVICE, "shared-14b", "chat");

        scene.apply("chat", CHAT);

        ManagedModel stalled = scene.awaitReason("chat", "IdentifierConflict");
        assertThat(AppliedModels.condition(stalled, "Stalled")).isEqualTo("True");
        assertThat(AppliedModels.message(stalled)).contains("linked device", "choose another");
        assertThat(stalled.getStatus().instance()).isNull();
        assertThat(scene.lmStudio().journal().calls("load")).isEmpty();

        scene.deleteAndAwaitGone("chat");

        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
    }

    @Test
    void modelIsLoadedWhenTheLinkedDeviceGivesTheIdentifierUp() {
        scene.lmStudio().placeInstanceOn(DEVICE, "shared-14b", "chat");
        scene.apply("chat", CHAT);
        scene.awaitReason("chat", "IdentifierConflict");

        scene.lmStudio().evict("chat", DEVICE);

        scene.awaitReady("chat");
        assertThat(scene.lmStudio().journal().loadsOf("chat")).containsExactly("loaded");
    }

    @Test
    void deletionEndsWhenTheLocalInstanceIsGoneAndNotBefore() {
        givenADeletedModelBesideALinkedDevice("chat", CHAT);

        staysWhileLookedAt("chat");
        evictLocal("chat");

        scene.awaitGone("chat");
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
        assertThat(scene.lmStudio().instances())
                .extracting(SimulatedInstance::deviceIdentifier)
                .containsExactly(Optional.of(DEVICE));
    }

    @Test
    void deletionEndsWhenTheTtlHasRunOut() {
        givenADeletedModelBesideALinkedDevice("chat", CHAT + ", ttlSeconds: 600");

        scene.lmStudio().advanceClock(Duration.ofMinutes(11));

        scene.awaitGone("chat");
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
    }

    @Test
    void forceReleaseLetsGoAtOnce() {
        givenADeletedModelBesideALinkedDevice("chat", CHAT);

        scene.annotate("chat", ManagedModel.FORCE_RELEASE_ANNOTATION, "true");

        scene.awaitGone("chat");
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
        assertThat(scene.lmStudio().instances()).hasSize(2);
    }

    private void givenADeletedModelBesideALinkedDevice(String name, String spec) {
        scene.apply(name, spec);
        scene.awaitReady(name);
        scene.lmStudio().placeInstanceOn(DEVICE, "shared-14b", name);
        scene.awaitReason(name, "IdentifierConflict");
        scene.resource(name).delete();
        ManagedModel waiting =
                scene.await(name, "waits for the local instance to go", model -> AppliedModels.message(model)
                        .contains("Waiting until the instance is gone"));
        assertThat(AppliedModels.message(waiting)).contains(ManagedModel.FORCE_RELEASE_ANNOTATION);
    }

    private void staysWhileLookedAt(String name) {
        int looks = looks();
        eventually("the agent observes LM Studio again", this::looks, now -> now > looks + 2);
        assertThat(scene.resource(name).get()).isNotNull();
    }

    private int looks() {
        return scene.lmStudio().journal().calls("ps").size();
    }

    private void evictLocal(String identifier) {
        scene.lmStudio()
                .control(
                        "evict",
                        SimulatorProcess.object().put("identifier", identifier).putNull("deviceIdentifier"));
    }
}
