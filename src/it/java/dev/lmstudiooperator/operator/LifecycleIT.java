package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The life cycle of a ManagedModel, verified with the API server and the simulator's journal. */
@OperatorTest
class LifecycleIT {

    private static final String LLAMA = "model: llama-3.2-1b-instruct";

    private final OperatorFixture fixture;

    LifecycleIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void appliedModelBecomesReadyWithItsVerification() {
        fixture.apply("applied", LLAMA);

        ManagedModel ready = fixture.awaitReady("applied");

        assertThat(ready.getStatus().observedGeneration()).isEqualTo(1);
        assertThat(AppliedModels.verification(ready).result()).isEqualTo(VerificationResult.PASSED);
        assertThat(AppliedModels.verification(ready).cli()).contains("applied", "llama-3.2-1b-instruct", "600 s");
        assertThat(AppliedModels.verification(ready).api()).contains("applied");
        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(600);
        assertThat(AppliedModels.instance(ready).adopted()).isFalse();
        assertThat(ready.getStatus().loads()).isEqualTo(1);
        assertThat(AppliedModels.condition(ready, "Available")).isEqualTo("True");
        assertThat(AppliedModels.condition(ready, "Scheduled")).isEqualTo("True");
        assertThat(AppliedModels.condition(ready, "Reconciling")).isNull();
        assertThat(fixture.lmStudio().identifiers()).contains("applied");
        fixture.deleteAndAwaitGone("applied");
    }

    @Test
    void evictedModelIsLoadedAgain() {
        fixture.applyAndAwaitReady("evicted", LLAMA);

        fixture.lmStudio().evict("evicted");

        ManagedModel again = fixture.await(
                "evicted",
                "is ready after one eviction",
                model -> "True".equals(AppliedModels.condition(model, "Ready"))
                        && Integer.valueOf(1).equals(model.getStatus().evictions()));
        assertThat(again.getStatus().loads()).isEqualTo(2);
        assertThat(AppliedModels.convergence(again).trigger()).isEqualTo("Evicted");
        assertThat(AppliedModels.convergence(again).rounds()).isGreaterThan(1);
        fixture.deleteAndAwaitGone("evicted");
    }

    @Test
    void deletedModelIsUnloadedBeforeItIsGone() {
        fixture.applyAndAwaitReady("deleted", LLAMA);

        fixture.deleteAndAwaitGone("deleted");

        assertThat(fixture.lmStudio().identifiers()).doesNotContain("deleted");
        assertThat(fixture.journal().calls("unload", "deleted")).hasSize(1);
    }

    /** {@code lms unload} reports success, and the instance stays in memory. */
    @Test
    void deletedModelIsHeldUntilItsInstanceIsGone() {
        fixture.applyAndAwaitReady("held", LLAMA);
        fixture.lmStudio().fault(Fault.on("unload", "noEffect"));

        fixture.resource("held").delete();

        ManagedModel held = fixture.awaitReason("held", "UnloadFailed");
        assertThat(held.getMetadata().getFinalizers()).isNotEmpty();
        assertThat(AppliedModels.message(held)).contains("lms reported success, but lms ps still lists the instance");
        fixture.lmStudio().revokeFaults();
        fixture.awaitGone("held");
        assertThat(fixture.lmStudio().identifiers()).doesNotContain("held");
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void misspelledModelStallsWithTheNearestKeysAndLoadsNothing() {
        fixture.apply("misspelled", "model: llama-3.2-1b-instrct");

        ManagedModel stalled = fixture.awaitStalled("misspelled", "ModelNotFound");

        assertThat(AppliedModels.message(stalled)).contains("llama-3.2-1b-instruct");
        assertThat(fixture.journal().calls("load"))
                .noneMatch(call -> call.argv().contains("--identifier=misspelled"));
        fixture.deleteAndAwaitGone("misspelled");
    }

    @Test
    void stalledModelRecoversWhenItIsDownloaded() {
        fixture.apply("downloaded-later", "model: later-model");
        fixture.awaitReason("downloaded-later", "ModelNotFound");

        fixture.lmStudio().addModel("later-model");

        fixture.awaitReady("downloaded-later");
        fixture.deleteAndAwaitGone("downloaded-later");
    }

    @Test
    void matchingInstanceIsAdoptedAndLeftOnDeletion() {
        fixture.lmStudio().placeInstance("qwen3-4b", "adopted", Duration.ofMinutes(10));
        fixture.apply("adopted", "model: qwen3-4b");

        ManagedModel ready = fixture.awaitReady("adopted");

        assertThat(AppliedModels.instance(ready).adopted()).isTrue();
        assertThat(fixture.journal().calls("load"))
                .noneMatch(call -> call.argv().contains("--identifier=adopted"));
        fixture.deleteAndAwaitGone("adopted");
        assertThat(fixture.lmStudio().identifiers()).contains("adopted");
        fixture.lmStudio().evict("adopted");
    }

    @Test
    void changedTtlReloadsTheModel() {
        fixture.applyAndAwaitReady("changed", LLAMA);

        fixture.apply("changed", LLAMA + ", ttlSeconds: 900");

        ManagedModel changed = fixture.await(
                "changed",
                "is ready with the new TTL",
                model -> "True".equals(AppliedModels.condition(model, "Ready"))
                        && Long.valueOf(900)
                                .equals(AppliedModels.instance(model).ttlSeconds()));
        assertThat(changed.getStatus().evictions()).isNull();
        fixture.deleteAndAwaitGone("changed");
    }

    @Test
    void restartedOperatorTakesOverItsInstances() {
        fixture.applyAndAwaitReady("survivor", LLAMA);
        long before = fixture.journal().calls("load").size();

        fixture.restartOperator();

        fixture.lmStudio().evict("survivor");
        fixture.await("survivor", "was loaded again", model -> Integer.valueOf(2)
                .equals(model.getStatus().loads()));
        ManagedModel again = fixture.awaitReady("survivor");
        assertThat(AppliedModels.instance(again).adopted()).isFalse();
        assertThat(fixture.journal().calls("load")).hasSize((int) before + 1);
        fixture.deleteAndAwaitGone("survivor");
    }

    @Test
    void modelThatIsPinnedToAnotherNodeIsNotScheduled() {
        fixture.apply("elsewhere", LLAMA + ", nodeName: another-node");

        ManagedModel unbound = fixture.awaitReason("elsewhere", "NoMatchingNode");

        assertThat(unbound.getStatus().nodeName()).isNull();
        assertThat(AppliedModels.message(unbound)).contains("another-node");
        fixture.deleteAndAwaitGone("elsewhere");
    }

    @Test
    void loadsAreCounted() {
        fixture.applyAndAwaitReady("counted", LLAMA);

        eventually(
                "the metrics count the load",
                () -> fixture.operator().get("/q/metrics"),
                scrape -> scrape.contains("lms_model_load_attempts_total")
                        && scrape.contains("lms_model_load_duration_seconds_bucket"));
        fixture.deleteAndAwaitGone("counted");
    }
}
