package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.InstanceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Convergence to the spec, regardless of what users, clients and LM Studio do in the meantime. */
@WithScene(Scene.FAILURES_LAST)
class ConvergenceIT {

    private static final String LLAMA = "model: llama-3.2-1b-instruct";
    private static final String QWEN = "model: qwen3-4b";

    private final Scene scene;

    ConvergenceIT(Scene scene) {
        this.scene = scene;
    }

    @Test
    void temporaryModelIsLeftExpiredUntilAReloadIsAskedFor() {
        scene.apply("temporary", LLAMA + ", retention: Temporary, ttlSeconds: 600");
        InstanceStatus loaded = AppliedModels.instance(scene.awaitReason("temporary", "Verified"));
        assertThat(Duration.between(time(loaded.loadedTime()), time(loaded.expiresTime())))
                .isBetween(Duration.ofSeconds(599), Duration.ofSeconds(601));

        scene.lmStudio().advanceClock(Duration.ofSeconds(601));

        ManagedModel expired = scene.awaitReason("temporary", "Expired");
        assertThat(AppliedModels.condition(expired, "Ready")).isEqualTo("True");
        assertThat(AppliedModels.condition(expired, "Available")).isEqualTo("False");
        assertThat(loadsOf("temporary")).hasSize(1);

        scene.annotate("temporary", ManagedModel.RELOAD_ANNOTATION, "once more");

        scene.awaitReason("temporary", "Verified");
        assertThat(loadsOf("temporary")).hasSize(2);
    }

    @Test
    void expiredTemporaryModelIsNotLoadedByARestart() {
        scene.apply("temporary", LLAMA + ", retention: Temporary");
        scene.awaitReason("temporary", "Verified");
        scene.lmStudio().advanceClock(Duration.ofSeconds(301));
        scene.awaitReason("temporary", "Expired");

        scene.restartOperator();

        eventually(
                "the new operator calls ps", () -> scene.lmStudio().journal().calls("ps"), calls -> calls.size() > 1);
        scene.awaitReason("temporary", "Expired");
        assertThat(loadsOf("temporary")).hasSize(1);
    }

    @Test
    @FailureScenario(Category.TIME_TO_LIVE)
    void idleModelIsRenewedByTheSmallestRequestWithoutAJitLoad() {
        scene.apply("renewed", LLAMA + ", ttlSeconds: 30");
        scene.awaitReady("renewed");

        eventually(
                "the model was renewed before half of its TTL had passed",
                () -> requestsTo("/v1/chat/completions"),
                requests -> !requests.isEmpty());

        assertThat(loadsOf("renewed")).hasSize(1);
        assertThat(scene.lmStudio().journal().loads()).hasSize(1);
    }

    @Test
    @FailureScenario(Category.TIME_TO_LIVE)
    void memoryComesBackAfterOneTtlWhenNobodyRenews() {
        scene.apply("leased", LLAMA + ", ttlSeconds: 600");
        scene.awaitReady("leased");

        scene.restartOperatorAfter(() -> {
            scene.lmStudio().advanceClock(Duration.ofSeconds(601));
            assertThat(scene.lmStudio().instances()).isEmpty();
        });

        scene.awaitReadyAfterLoads("leased", 2);
        assertThat(scene.lmStudio().journal().loadsOf("leased")).containsExactly("loaded", "loaded");
        assertThat(scene.lmStudio().journal().effects()).anyMatch(effect -> effect.startsWith("expired leased "));
    }

    @Test
    void inferenceIsProvenByAnAnswer() {
        scene.apply("proven", LLAMA + ", verification: {mode: Inference}");

        ManagedModel ready = scene.awaitReady("proven");

        assertThat(AppliedModels.proof(ready).api()).contains("answered");
        assertThat(AppliedModels.proof(ready).latencyMillis()).isNotNull();
        assertThat(requestsTo("/v1/chat/completions")).isNotEmpty();
    }

    @Test
    void embeddingModelIsProvenByAVector() {
        scene.apply("embedding", "model: text-embedding-nomic-embed-text-v1.5, verification: {mode: Inference}");

        scene.awaitReady("embedding");

        assertThat(requestsTo("/v1/embeddings")).isNotEmpty();
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void deadEngineIsFoundAndReloaded() {
        scene.apply("undead", LLAMA + ", verification: {mode: Inference, periodSeconds: 5, failureThreshold: 2}");
        scene.awaitReady("undead");

        scene.lmStudio().killEngine("undead");

        scene.await("undead", "was loaded again", model -> Integer.valueOf(2)
                .equals(model.getStatus().loads()));
        scene.awaitReady("undead");
        assertThat(scene.lmStudio().journal().loadsOf("undead")).containsExactly("loaded", "loaded");
        assertThat(scene.lmStudio().journal().calls("unload", "undead")).hasSize(1);
    }

    @Test
    @FailureScenario(Category.TIME_TO_LIVE)
    void instanceWithoutTtlUnderOurIdentifierIsReloadedWithOne() {
        scene.lmStudio().placeInstance("llama-3.2-1b-instruct", "eternal");

        scene.apply("eternal", LLAMA);

        ManagedModel ready = scene.awaitReady("eternal");
        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(600);
        assertThat(scene.lmStudio().journal().calls("unload", "eternal")).hasSize(1);
    }

    @Test
    void settingsThatAreNotHonoredStallAndAreNotTriedAgain() {
        scene.lmStudio().set("clampContextLength", 2048);

        scene.apply("clamped", LLAMA + ", load: {contextLength: 8192}");

        ManagedModel stalled = scene.awaitReason("clamped", "SettingsNotHonored");
        assertThat(AppliedModels.condition(stalled, "Stalled")).isEqualTo("True");
        assertThat(AppliedModels.message(stalled)).contains("2048", "8192");
        assertThat(loadsOf("clamped")).hasSize(1);
    }

    @Test
    void modelThatDoesNotFitSaysSoAndEvictsNobody() {
        scene.apply("fits", LLAMA);
        scene.awaitReady("fits");

        scene.apply("too-big", "model: deepseek-r1-distill-llama-70b");

        ManagedModel refused = scene.awaitReason("too-big", "InsufficientMemory");
        assertThat(AppliedModels.message(refused)).contains("GB");
        assertThat(refused.getStatus().lastError()).isNotNull();
        assertThat(scene.lmStudio().instances())
                .extracting(SimulatedInstance::identifier)
                .containsExactly("fits");
    }

    @Test
    void busyInstanceIsDrainedBeforeItIsUnloaded() {
        scene.apply("busy", LLAMA + ", drainSeconds: 600");
        scene.awaitReady("busy");
        scene.lmStudio().setActivity("busy", "generating", 1);

        scene.resource("busy").delete();

        scene.awaitReason("busy", "Draining");
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
        scene.lmStudio().setActivity("busy", "idle", 0);
        scene.awaitGone("busy");
        assertThat(scene.lmStudio().journal().calls("unload", "busy")).hasSize(1);
    }

    @Test
    void deletionCancelsARunningLoad() {
        scene.lmStudio().setLoadTime(Duration.ofMinutes(5));
        scene.apply("cancelled", LLAMA);
        eventually("the load runs", () -> scene.lmStudio().loading(), loading -> !loading.isEmpty());

        scene.deleteAndAwaitGone("cancelled");

        assertThat(scene.lmStudio().loading()).isEmpty();
        assertThat(scene.lmStudio().instances()).isEmpty();
    }

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void loadsTakeTurns() {
        scene.lmStudio().setLoadTime(Duration.ofMinutes(5));
        scene.apply("first", LLAMA);
        eventually("the first load runs", () -> scene.lmStudio().loading(), loading -> !loading.isEmpty());

        scene.apply("second", QWEN);

        assertThat(AppliedModels.message(scene.awaitReason("second", "WaitingForTurn")))
                .contains("first");
        scene.lmStudio().advanceClock(Duration.ofMinutes(6));
        eventually("the second load runs", () -> scene.lmStudio().loading(), loading -> !loading.isEmpty());
        scene.lmStudio().advanceClock(Duration.ofMinutes(6));
        scene.awaitReady("second");
        assertThat(scene.lmStudio().journal().mostLoadsAtOnce()).isEqualTo(1);
    }

    @Test
    void suspendedModelIsLeftAlone() {
        scene.apply("suspended", LLAMA);
        scene.awaitReady("suspended");

        scene.apply("suspended", LLAMA + ", suspend: true");
        scene.awaitReason("suspended", "Suspended");
        scene.lmStudio().evict("suspended");
        scene.await(
                "suspended", "is gone from memory", model -> model.getStatus().instance() == null);
        assertThat(loadsOf("suspended")).hasSize(1);

        scene.apply("suspended", LLAMA + ", suspend: false");
        scene.awaitReady("suspended");
        assertThat(loadsOf("suspended")).hasSize(2);
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void wrongModelUnderOurIdentifierIsNeverBelieved() {
        scene.lmStudio()
                .fault(Fault.on("load", "wrongModel")
                        .with("modelKey", "qwen3-4b")
                        .once());

        scene.apply("wrong", LLAMA);

        ManagedModel ready = scene.awaitReady("wrong");
        assertThat(AppliedModels.instance(ready).modelKey()).isEqualTo("llama-3.2-1b-instruct");
        assertThat(scene.lmStudio().journal().loads())
                .extracting(load -> load.raw().path("modelKey").asText())
                .containsExactly("qwen3-4b", "llama-3.2-1b-instruct");
        assertThat(scene.lmStudio().journal().calls("unload", "wrong")).hasSize(1);
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void loadThatOnlyClaimsSuccessIsNotBelieved() {
        scene.lmStudio().fault(Fault.on("load", "noEffect").once());

        scene.apply("claimed", LLAMA);

        scene.awaitReason("claimed", "LoadFailed");
        scene.awaitReady("claimed");
        assertThat(loadsOf("claimed")).hasSize(2);
    }

    @Test
    void foreignInstancesAreNotTouched() {
        scene.lmStudio()
                .placeInstance(
                        SimulatorProcess.object().put("modelKey", "qwen3-4b").put("identifier", "foreign"));

        scene.apply("ours", LLAMA);
        scene.awaitReady("ours");
        scene.deleteAndAwaitGone("ours");

        assertThat(scene.lmStudio().instances())
                .extracting(SimulatedInstance::identifier)
                .containsExactly("foreign");
    }

    private static Instant time(@Nullable String text) {
        return Instant.parse(requireNonNull(text));
    }

    private List<JournalEntry> loadsOf(String identifier) {
        return scene.lmStudio().journal().calls("load").stream()
                .filter(call -> call.argv().contains("--identifier=" + identifier))
                .toList();
    }

    private List<JournalEntry> requestsTo(String path) {
        return scene.lmStudio().journal().http().stream()
                .filter(entry -> entry.request().endsWith(path))
                .toList();
    }
}
