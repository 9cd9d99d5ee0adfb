package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Convergence to the spec, regardless of what users, clients and LM Studio do in the meantime. */
@OperatorTest(OperatorFixture.FAILURES_LAST)
class ConvergenceIT {

    private static final String LLAMA = "model: llama-3.2-1b-instruct";
    private static final String QWEN = "model: qwen3-4b";

    private final OperatorFixture fixture;

    ConvergenceIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void temporaryModelStaysExpiredUntilAReloadIsRequested() {
        fixture.apply("temporary", LLAMA + ", retention: Temporary, ttlSeconds: 600");
        InstanceStatus loaded = AppliedModels.instance(fixture.awaitReason("temporary", "Verified"));
        assertThat(Duration.between(time(loaded.loadedTime()), time(loaded.expiresTime())))
                .isBetween(Duration.ofSeconds(599), Duration.ofSeconds(601));

        fixture.lmStudio().advanceClock(Duration.ofSeconds(601));

        ManagedModel expired = fixture.awaitReason("temporary", "Expired");
        assertThat(AppliedModels.condition(expired, "Ready")).isEqualTo("True");
        assertThat(AppliedModels.condition(expired, "Available")).isEqualTo("False");
        assertThat(loadsOf("temporary")).hasSize(1);

        fixture.annotate("temporary", ManagedModel.RELOAD_ANNOTATION, "once more");

        fixture.awaitReason("temporary", "Verified");
        assertThat(loadsOf("temporary")).hasSize(2);
    }

    @Test
    void expiredTemporaryModelIsNotLoadedByARestart() {
        fixture.apply("temporary", LLAMA + ", retention: Temporary");
        fixture.awaitReason("temporary", "Verified");
        fixture.lmStudio().advanceClock(Duration.ofSeconds(301));
        fixture.awaitReason("temporary", "Expired");

        fixture.restartOperator();

        eventually("the new operator calls ps", () -> fixture.journal().calls("ps"), calls -> calls.size() > 1);
        fixture.awaitReason("temporary", "Expired");
        assertThat(loadsOf("temporary")).hasSize(1);
    }

    @Test
    @FailureScenario(Category.TIME_TO_LIVE)
    void idleModelIsRenewedByTheSmallestRequestWithoutAJitLoad() {
        fixture.applyAndAwaitReady("renewed", LLAMA + ", ttlSeconds: 30");

        eventually(
                "the model was renewed before half of its TTL had passed",
                () -> fixture.journal().requestsTo("/v1/chat/completions"),
                requests -> !requests.isEmpty());

        assertThat(loadsOf("renewed")).hasSize(1);
        assertThat(fixture.journal().loads()).hasSize(1);
    }

    @Test
    @FailureScenario(Category.TIME_TO_LIVE)
    void memoryIsFreedAfterOneTtlWithoutRenewals() {
        fixture.applyAndAwaitReady("leased", LLAMA + ", ttlSeconds: 600");

        fixture.restartOperatorAfter(() -> {
            fixture.lmStudio().advanceClock(Duration.ofSeconds(601));
            assertThat(fixture.lmStudio().instances()).isEmpty();
        });

        fixture.awaitReadyAfterLoads("leased", 2);
        assertThat(fixture.journal().loadsOf("leased")).containsExactly("loaded", "loaded");
        assertThat(fixture.journal().effects()).anyMatch(effect -> effect.startsWith("expired leased "));
    }

    @Test
    void inferenceIsVerifiedByAnAnswer() {
        fixture.apply("verified", LLAMA + ", verification: {mode: Inference}");

        ManagedModel ready = fixture.awaitReady("verified");

        assertThat(AppliedModels.verification(ready).api()).contains("answered");
        assertThat(AppliedModels.verification(ready).latencyMillis()).isNotNull();
        assertThat(fixture.journal().requestsTo("/v1/chat/completions")).isNotEmpty();
    }

    @Test
    void embeddingModelIsVerifiedByAVector() {
        fixture.apply("embedding", "model: text-embedding-nomic-embed-text-v1.5, verification: {mode: Inference}");

        fixture.awaitReady("embedding");

        assertThat(fixture.journal().requestsTo("/v1/embeddings")).isNotEmpty();
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void deadEngineIsFoundAndReloaded() {
        fixture.applyAndAwaitReady(
                "undead", LLAMA + ", verification: {mode: Inference, periodSeconds: 5, failureThreshold: 2}");

        fixture.lmStudio().killEngine("undead");

        fixture.await("undead", "was loaded again", model -> Integer.valueOf(2)
                .equals(model.getStatus().loads()));
        fixture.awaitReady("undead");
        assertThat(fixture.journal().loadsOf("undead")).containsExactly("loaded", "loaded");
        assertThat(fixture.journal().calls("unload", "undead")).hasSize(1);
    }

    @Test
    @FailureScenario(Category.TIME_TO_LIVE)
    void instanceWithoutTtlIsReloadedWithOne() {
        fixture.lmStudio().placeInstance("llama-3.2-1b-instruct", "eternal");

        fixture.apply("eternal", LLAMA);

        ManagedModel ready = fixture.awaitReady("eternal");
        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(600);
        assertThat(fixture.journal().calls("unload", "eternal")).hasSize(1);
    }

    @Test
    void settingsThatAreNotHonoredStallAndAreNotTriedAgain() {
        fixture.lmStudio().set("clampContextLength", 2048);

        fixture.apply("clamped", LLAMA + ", load: {contextLength: 8192}");

        ManagedModel stalled = fixture.awaitStalled("clamped", "SettingsNotHonored");
        assertThat(AppliedModels.message(stalled)).contains("2048", "8192");
        assertThat(loadsOf("clamped")).hasSize(1);
    }

    @Test
    void modelThatDoesNotFitReportsItAndEvictsNoOther() {
        fixture.applyAndAwaitReady("fits", LLAMA);

        fixture.apply("too-big", "model: deepseek-r1-distill-llama-70b");

        ManagedModel refused = fixture.awaitReason("too-big", "InsufficientMemory");
        assertThat(AppliedModels.message(refused)).contains("GB");
        assertThat(refused.getStatus().lastError()).isNotNull();
        assertThat(fixture.lmStudio().identifiers()).containsExactly("fits");
    }

    @Test
    void busyInstanceIsDrainedBeforeItIsUnloaded() {
        fixture.applyAndAwaitReady("busy", LLAMA + ", drainSeconds: 600");
        fixture.lmStudio().setActivity("busy", "generating", 1);

        fixture.resource("busy").delete();

        fixture.awaitReason("busy", "Draining");
        assertThat(fixture.journal().calls("unload")).isEmpty();
        fixture.lmStudio().setActivity("busy", "idle", 0);
        fixture.awaitGone("busy");
        assertThat(fixture.journal().calls("unload", "busy")).hasSize(1);
    }

    @Test
    void deletionCancelsARunningLoad() {
        fixture.lmStudio().setLoadTime(Duration.ofMinutes(5));
        fixture.apply("cancelled", LLAMA);
        fixture.lmStudio().awaitLoading();

        fixture.deleteAndAwaitGone("cancelled");

        assertThat(fixture.lmStudio().loading()).isEmpty();
        assertThat(fixture.lmStudio().instances()).isEmpty();
    }

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void loadsRunOneAfterTheOther() {
        fixture.lmStudio().setLoadTime(Duration.ofMinutes(5));
        fixture.apply("first", LLAMA);
        fixture.lmStudio().awaitLoading();

        fixture.apply("second", QWEN);

        assertThat(AppliedModels.message(fixture.awaitReason("second", "WaitingForTurn")))
                .contains("first");
        fixture.lmStudio().advanceClock(Duration.ofMinutes(6));
        fixture.lmStudio().awaitLoading();
        fixture.lmStudio().advanceClock(Duration.ofMinutes(6));
        fixture.awaitReady("second");
        assertThat(fixture.journal().mostLoadsAtOnce()).isEqualTo(1);
    }

    @Test
    void suspendedModelIsNotLoaded() {
        fixture.applyAndAwaitReady("suspended", LLAMA);

        fixture.apply("suspended", LLAMA + ", suspend: true");
        fixture.awaitReason("suspended", "Suspended");
        fixture.lmStudio().evict("suspended");
        fixture.await(
                "suspended", "is gone from memory", model -> model.getStatus().instance() == null);
        assertThat(loadsOf("suspended")).hasSize(1);

        fixture.applyAndAwaitReady("suspended", LLAMA + ", suspend: false");
        assertThat(loadsOf("suspended")).hasSize(2);
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void wrongModelUnderTheIdentifierIsUnloaded() {
        fixture.lmStudio()
                .fault(Fault.on("load", "wrongModel")
                        .with("modelKey", "qwen3-4b")
                        .once());

        fixture.apply("wrong", LLAMA);

        ManagedModel ready = fixture.awaitReady("wrong");
        assertThat(AppliedModels.instance(ready).modelKey()).isEqualTo("llama-3.2-1b-instruct");
        assertThat(fixture.journal().loads())
                .extracting(load -> load.raw().path("modelKey").asText())
                .containsExactly("qwen3-4b", "llama-3.2-1b-instruct");
        assertThat(fixture.journal().calls("unload", "wrong")).hasSize(1);
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void loadWithoutEffectIsNotTakenForASuccess() {
        fixture.lmStudio().fault(Fault.on("load", "noEffect").once());

        fixture.apply("claimed", LLAMA);

        fixture.awaitReason("claimed", "LoadFailed");
        fixture.awaitReady("claimed");
        assertThat(loadsOf("claimed")).hasSize(2);
    }

    @Test
    void unmanagedInstancesStayLoaded() {
        fixture.lmStudio()
                .placeInstance(
                        SimulatorProcess.object().put("modelKey", "qwen3-4b").put("identifier", "foreign"));

        fixture.applyAndAwaitReady("ours", LLAMA);
        fixture.deleteAndAwaitGone("ours");

        assertThat(fixture.lmStudio().identifiers()).containsExactly("foreign");
    }

    private static Instant time(@Nullable String text) {
        return Instant.parse(requireNonNull(text));
    }

    private List<JournalEntry> loadsOf(String identifier) {
        return fixture.journal().calls("load").stream()
                .filter(call -> call.argv().contains("--identifier=" + identifier))
                .toList();
    }
}
