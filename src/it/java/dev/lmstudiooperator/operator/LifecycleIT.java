package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import org.junit.jupiter.api.Test;

/** The life cycle of a ManagedModel, verified with the API server and the simulator's journal. */
@WithScene
class LifecycleIT {

    private static final String LLAMA = "model: llama-3.2-1b-instruct";

    private final Scene scene;

    LifecycleIT(Scene scene) {
        this.scene = scene;
    }

    @Test
    void appliedModelBecomesReadyWithItsProof() {
        scene.apply("applied", LLAMA);

        ManagedModel ready = scene.awaitReady("applied");

        assertThat(ready.getStatus().observedGeneration()).isEqualTo(1);
        assertThat(AppliedModels.proof(ready).result()).isEqualTo(VerificationResult.PASSED);
        assertThat(AppliedModels.proof(ready).cli()).contains("applied", "llama-3.2-1b-instruct", "600 s");
        assertThat(AppliedModels.proof(ready).api()).contains("applied");
        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(600);
        assertThat(AppliedModels.instance(ready).adopted()).isFalse();
        assertThat(ready.getStatus().loads()).isEqualTo(1);
        assertThat(AppliedModels.condition(ready, "Available")).isEqualTo("True");
        assertThat(AppliedModels.condition(ready, "Scheduled")).isEqualTo("True");
        assertThat(AppliedModels.condition(ready, "Reconciling")).isNull();
        assertThat(scene.lmStudio().instances())
                .extracting(SimulatedInstance::identifier)
                .contains("applied");
        scene.deleteAndAwaitGone("applied");
    }

    @Test
    void evictedModelIsLoadedAgain() {
        scene.apply("evicted", LLAMA);
        scene.awaitReady("evicted");

        scene.lmStudio().evict("evicted");

        ManagedModel again = scene.await(
                "evicted",
                "is ready after one eviction",
                model -> "True".equals(AppliedModels.condition(model, "Ready"))
                        && Integer.valueOf(1).equals(model.getStatus().evictions()));
        assertThat(again.getStatus().loads()).isEqualTo(2);
        assertThat(AppliedModels.convergence(again).trigger()).isEqualTo("Evicted");
        assertThat(AppliedModels.convergence(again).rounds()).isGreaterThan(1);
        scene.deleteAndAwaitGone("evicted");
    }

    @Test
    void deletedModelIsUnloadedBeforeItIsGone() {
        scene.apply("deleted", LLAMA);
        scene.awaitReady("deleted");

        scene.deleteAndAwaitGone("deleted");

        assertThat(scene.lmStudio().instances())
                .extracting(SimulatedInstance::identifier)
                .doesNotContain("deleted");
        assertThat(scene.lmStudio().journal().calls("unload", "deleted")).hasSize(1);
    }

    /** {@code lms unload} reports success, and the instance stays in memory. */
    @Test
    void deletedModelIsHeldUntilItsInstanceIsGone() {
        scene.apply("held", LLAMA);
        scene.awaitReady("held");
        scene.lmStudio().fault(Fault.on("unload", "noEffect"));

        scene.resource("held").delete();

        ManagedModel held = scene.awaitReason("held", "UnloadFailed");
        assertThat(held.getMetadata().getFinalizers()).isNotEmpty();
        assertThat(AppliedModels.message(held)).contains("lms reported success, but lms ps still lists the instance");
        scene.lmStudio().revokeFaults();
        scene.awaitGone("held");
        assertThat(scene.lmStudio().instances())
                .extracting(SimulatedInstance::identifier)
                .doesNotContain("held");
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void misspelledModelStallsWithTheNearestKeysAndLoadsNothing() {
        scene.apply("misspelled", "model: llama-3.2-1b-instrct");

        ManagedModel stalled = scene.awaitReason("misspelled", "ModelNotFound");

        assertThat(AppliedModels.condition(stalled, "Stalled")).isEqualTo("True");
        assertThat(AppliedModels.message(stalled)).contains("llama-3.2-1b-instruct");
        assertThat(scene.lmStudio().journal().calls("load"))
                .noneMatch(call -> call.argv().contains("--identifier=misspelled"));
        scene.deleteAndAwaitGone("misspelled");
    }

    @Test
    void stalledModelRecoversWhenItIsDownloaded() {
        scene.apply("downloaded-later", "model: later-model");
        scene.awaitReason("downloaded-later", "ModelNotFound");

        scene.lmStudio().addModel("later-model");

        scene.awaitReady("downloaded-later");
        scene.deleteAndAwaitGone("downloaded-later");
    }

    @Test
    void matchingInstanceIsAdoptedAndLeftOnDeletion() {
        scene.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "qwen3-4b")
                        .put("identifier", "adopted")
                        .put("ttlMs", 600_000));
        scene.apply("adopted", "model: qwen3-4b");

        ManagedModel ready = scene.awaitReady("adopted");

        assertThat(AppliedModels.instance(ready).adopted()).isTrue();
        assertThat(scene.lmStudio().journal().calls("load"))
                .noneMatch(call -> call.argv().contains("--identifier=adopted"));
        scene.deleteAndAwaitGone("adopted");
        assertThat(scene.lmStudio().instances())
                .extracting(SimulatedInstance::identifier)
                .contains("adopted");
        scene.lmStudio().evict("adopted");
    }

    @Test
    void changedTtlReloadsTheModel() {
        scene.apply("changed", LLAMA);
        scene.awaitReady("changed");

        scene.apply("changed", LLAMA + ", ttlSeconds: 900");

        ManagedModel changed = scene.await(
                "changed",
                "is ready with the new TTL",
                model -> "True".equals(AppliedModels.condition(model, "Ready"))
                        && Long.valueOf(900)
                                .equals(AppliedModels.instance(model).ttlSeconds()));
        assertThat(changed.getStatus().evictions()).isNull();
        scene.deleteAndAwaitGone("changed");
    }

    @Test
    void killedOperatorTakesOverWhatItLoaded() {
        scene.apply("survivor", LLAMA);
        scene.awaitReady("survivor");
        long before = scene.lmStudio().journal().calls("load").size();

        scene.restartOperator();

        scene.lmStudio().evict("survivor");
        scene.await("survivor", "was loaded again", model -> Integer.valueOf(2)
                .equals(model.getStatus().loads()));
        ManagedModel again = scene.awaitReady("survivor");
        assertThat(AppliedModels.instance(again).adopted()).isFalse();
        assertThat(scene.lmStudio().journal().calls("load")).hasSize((int) before + 1);
        scene.deleteAndAwaitGone("survivor");
    }

    @Test
    void whatIsPinnedElsewhereIsNotBound() {
        scene.apply("elsewhere", LLAMA + ", nodeName: another-node");

        ManagedModel unbound = scene.awaitReason("elsewhere", "NoMatchingNode");

        assertThat(unbound.getStatus().nodeName()).isNull();
        assertThat(AppliedModels.message(unbound)).contains("another-node");
        scene.deleteAndAwaitGone("elsewhere");
    }

    @Test
    void loadsAreCounted() {
        scene.apply("counted", LLAMA);
        scene.awaitReady("counted");

        eventually(
                "the metrics count the load",
                () -> scene.operator().get("/q/metrics"),
                scrape -> scrape.contains("lms_model_load_attempts_total")
                        && scrape.contains("lms_model_load_duration_seconds_bucket"));
        scene.deleteAndAwaitGone("counted");
    }
}
