package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import org.junit.jupiter.api.Test;

/**
 * While the CLI and the HTTP API are unavailable or return unusable output, the agent verifies nothing and loads nothing
 * again. When they recover, it verifies the loaded instances.
 */
@OperatorTest({
    "LMSTUDIO_OPERATOR_HTTP_TIMEOUT=2s",
    "LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL=500ms",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s"
})
class HostileAnswersIT {

    private final OperatorFixture fixture;

    HostileAnswersIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void requestThatHangsTimesOut() {
        verifiesNothingWhile(Fault.on("http", "hang"), "TimedOut", "was not answered within 2000 ms");

        assertThat(fixture.journal().http())
                .anyMatch(request -> request.waitsFor().isPresent());
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void connectionThatIsClosedWithoutAnAnswerVerifiesNothing() {
        verifiesNothingWhile(Fault.on("http", "refuse"), "ServerNotRunning", "lms server start");
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void slowAnswerVerifiesTheModel() {
        fixture.lmStudio().fault(Fault.on("http", "delay").with("millis", 200));
        fixture.apply("slow", LLAMA_VERIFIED_OFTEN);

        ManagedModel ready = fixture.awaitReadyAfterLoads("slow", 1);

        assertThat(AppliedModels.verification(ready).api()).contains("slow");
        assertThat(fixture.journal().loadsOf("slow")).containsExactly("loaded");
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void halfAnAnswerVerifiesNothing() {
        verifiesNothingWhile(Fault.on("http", "half"), "UnreadableOutput", "answered with something broken");
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void truncatedListVerifiesNothing() {
        verifiesNothingWhile(Fault.on("http", "truncate").with("chars", 60), "UnreadableOutput", "no JSON object");
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void errorInASuccessfulAnswerVerifiesNothing() {
        verifiesNothingWhile(
                Fault.on("http", "output").with("body", "{\"error\":{\"message\":\"the index is being rebuilt\"}}"),
                "LMStudioUnreachable",
                "the index is being rebuilt");
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void htmlPageVerifiesNothing() {
        verifiesNothingWhile(Fault.on("http", "html"), "UnreadableOutput", "no JSON object");
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void errorOfLmsIsReportedAndNothingIsLoadedMeanwhile() {
        fixture.lmStudio().fault(Fault.on("ps", "exit").with("code", 3).with("stderr", "Error: the moon is full\n"));
        fixture.apply("unseen", LLAMA_VERIFIED_OFTEN);

        ManagedModel unclear = fixture.awaitUnknown("unseen", "LMStudioUnreachable");

        assertThat(AppliedModels.message(unclear)).contains("lms ps failed (exit 3)", "the moon is full");
        assertThat(fixture.journal().calls("load")).isEmpty();
        fixture.lmStudio().revokeFaults();
        fixture.awaitReadyAfterLoads("unseen", 1);
        assertThat(fixture.journal().loadsOf("unseen")).containsExactly("loaded");
    }

    private void verifiesNothingWhile(Fault fault, String reason, String word) {
        fixture.lmStudio().fault(fault);
        fixture.apply("unverified", LLAMA_VERIFIED_OFTEN);

        ManagedModel unclear = fixture.awaitUnknown("unverified", reason);

        assertThat(AppliedModels.condition(unclear, "Available")).isNotEqualTo("True");
        assertThat(AppliedModels.message(unclear)).contains(word);
        fixture.lmStudio().revokeFaults();
        fixture.awaitReadyAfterLoads("unverified", 1);
        assertThat(fixture.journal().loadsOf("unverified")).containsExactly("loaded");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }
}
