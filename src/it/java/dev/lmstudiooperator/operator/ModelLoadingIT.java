package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.LastError;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A failed load is reported with its cause, and retried until it succeeds. */
@OperatorTest({
    OperatorFixture.FAILURES_LAST,
    "LMSTUDIO_OPERATOR_LMS_LOAD_TIMEOUT=3s",
    "LMSTUDIO_OPERATOR_LMS_TERMINATION_GRACE_PERIOD=300ms"
})
class ModelLoadingIT {

    private final OperatorFixture fixture;

    ModelLoadingIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    /** A call of the real {@code lms} takes a third of a second of a core. The HTTP API confirms its last lists instead. */
    @Test
    void loadNeedsNoListOfTheModelsOnDiskBeforeIt() {
        fixture.awaitNode();
        int listsBefore = fixture.journal().calls("ls").size();

        fixture.applyAndAwaitReady("confirmed", LLAMA_VERIFIED_OFTEN);

        assertThat(fixture.journal().calls("ls")).hasSize(listsBefore);
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void loadedModelInWhosePlaceAnotherAnswersIsNotReadyUntilItAnswersItself() {
        fixture.lmStudio()
                .fault(Fault.on("http:/v1/chat/completions", "wrongReplyModel").with("model", "qwen3-4b"));
        fixture.apply("impersonated", LLAMA_VERIFIED_OFTEN.replace("{", "{mode: Inference, failureThreshold: 100, "));

        ManagedModel unverified = fixture.awaitReason("impersonated", "VerificationFailed");

        assertThat(AppliedModels.condition(unverified, "Ready")).isEqualTo("False");
        assertThat(AppliedModels.condition(unverified, "Available")).isEqualTo("False");
        assertThat(AppliedModels.message(unverified)).contains("was answered by qwen3-4b");
        fixture.lmStudio().revokeFaults();
        fixture.awaitReady("impersonated");
        assertThat(fixture.journal().loadsOf("impersonated")).containsExactly("loaded");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void loadThatHangsIsInterruptedAtItsDeadlineAndRetried() {
        fixture.lmStudio().fault(Fault.on("load", "hang").once());
        fixture.apply("hanging", LLAMA_VERIFIED_OFTEN);

        ManagedModel failed = fixture.awaitReason("hanging", "TimedOut");

        assertThat(AppliedModels.message(failed)).contains("lms load did not end within 3 s", "Waiting for LM Studio");
        assertThat(lastErrorOf(failed).nextRetryTime()).isNotNull();
        fixture.awaitReadyAfterLoads("hanging", 1);
        assertThat(callsOfLoad())
                .extracting(call -> call.signal().orElse("exit"))
                .containsExactly("INT", "exit");
        assertThat(fixture.journal().loadsOf("hanging")).containsExactly("loaded");
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void errorOfLmStudioIsReportedAndTheLoadIsRetried() {
        fixture.lmStudio()
                .fault(Fault.on("load", "serverError")
                        .with("title", "The engine is being updated")
                        .once());
        fixture.apply("refused", LLAMA_VERIFIED_OFTEN);

        ManagedModel failed = fixture.awaitReason("refused", "LoadFailed");

        assertThat(AppliedModels.condition(failed, "Reconciling")).isEqualTo("True");
        assertThat(AppliedModels.message(failed)).contains("The engine is being updated", "Next attempt at");
        fixture.awaitReadyAfterLoads("refused", 1);
        assertThat(callsOfLoad()).extracting(call -> call.exit().orElseThrow()).containsExactly(1, 0);
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void crashOfTheEngineIsReportedAndTheLoadIsRetried() {
        fixture.lmStudio().fault(Fault.on("load", "loadFails").once());
        fixture.apply("crashed", LLAMA_VERIFIED_OFTEN);

        ManagedModel failed = fixture.awaitReason("crashed", "LoadFailed");

        assertThat(AppliedModels.message(failed)).contains("Exit code: 139", "check LM Studio's log");
        fixture.awaitReadyAfterLoads("crashed", 1);
        assertThat(fixture.journal().loadsOf("crashed")).containsExactly("failed", "loaded");
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void listedModelIsUsedAlthoughItsLoadReportedAFailure() {
        fixture.lmStudio()
                .fault(Fault.on("load", "loadedButFails")
                        .with("stderr", "Error: WebSocket connection closed\n")
                        .once());
        fixture.apply("slandered", LLAMA_VERIFIED_OFTEN);

        fixture.awaitReadyAfterLoads("slandered", 1);

        assertThat(callsOfLoad()).hasSize(1);
        assertThat(fixture.journal().loadsOf("slandered")).containsExactly("loaded");
    }

    private static LastError lastErrorOf(ManagedModel model) {
        return Objects.requireNonNull(model.getStatus().lastError(), "an error in the status");
    }

    private List<JournalEntry> callsOfLoad() {
        return fixture.journal().calls("load");
    }
}
