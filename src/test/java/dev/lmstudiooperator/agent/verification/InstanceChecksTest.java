package dev.lmstudiooperator.agent.verification;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.agent.verification.Evidence.LISTED;
import static dev.lmstudiooperator.agent.verification.Evidence.NOW;
import static dev.lmstudiooperator.agent.verification.Evidence.api;
import static dev.lmstudiooperator.agent.verification.Evidence.desired;
import static dev.lmstudiooperator.agent.verification.Evidence.instance;
import static dev.lmstudiooperator.agent.verification.Evidence.observation;
import static dev.lmstudiooperator.agent.verification.Evidence.ps;
import static dev.lmstudiooperator.agent.verification.Evidence.served;
import static dev.lmstudiooperator.agent.verification.Evidence.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.verification.InstanceChecks.CheckResult;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Reading;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests what each of the two lists says about one instance. */
class InstanceChecksTest {

    @Test
    void psThatListsTheInstanceAsDesiredPasses() {
        CheckResult said = cli(ps(LISTED));

        assertThat(said.result()).isEqualTo(VerificationResult.PASSED);
        assertThat(said.reason()).isEqualTo(Reason.VERIFIED);
        assertThat(said.statement()).contains("chat", "qwen", "600 s", "4096");
    }

    @Test
    void psThatDoesNotListItFails() {
        assertFails(cli(ps()), "does not list chat");
    }

    @Test
    void instanceOnALinkedDeviceIsNotOurs() {
        assertFails(cli(ps(instance("qwen", ModelType.LLM, "other-machine"))), "does not list chat");
    }

    @Test
    void psThatListsAnotherModelUnderOurNameFails() {
        assertFails(cli(ps(instance("llama", ModelType.LLM, null))), "the model is llama instead of qwen");
    }

    @ParameterizedTest
    @CsvSource({
        "UNREACHABLE, LM_STUDIO_UNREACHABLE",
        "CLI_MISSING, CLI_NOT_USABLE",
        "VERSION_MISMATCH, VERSION_MISMATCH",
        "TIMED_OUT, TIMED_OUT",
        "NOT_AUTHENTICATED, NOT_AUTHENTICATED",
        "UNREADABLE_OUTPUT, UNREADABLE_OUTPUT",
        "NOT_OBSERVED_YET, OBSERVING"
    })
    void psThatFailsIsMissing(Kind kind, Reason reason) {
        assertIsUnknown(cli(unknown(kind)), reason);
    }

    @Test
    void apiThatListsTheInstancePasses() {
        assertPasses(checkedByApi(served("qwen", "chat", 4096)));
    }

    @Test
    void apiThatDoesNotListItFails() {
        assertFails(checkedByApi(), "does not list chat as a loaded instance of qwen");
    }

    @Test
    void apiThatListsAnotherModelUnderOurNameFails() {
        assertFails(checkedByApi(served("llama", "chat", 4096)), "does not list chat");
    }

    @Test
    void apiThatListsOurModelUnderAnotherNameOnlyFails() {
        assertFails(checkedByApi(served("qwen", "another", 4096)), "does not list chat");
    }

    /** LM Studio before 0.4 does not support identifiers. */
    @Test
    void apiWithoutIdentifiersIsCheckedByModelKey() {
        assertPasses(checkedByApi(served("qwen", null, null)));
        assertFails(checkedByApi(served("llama", null, null)), "does not list chat");
    }

    @Test
    void apiWithAnotherContextLengthThanPsFails() {
        assertFails(checkedByApi(served("qwen", "chat", 2048)), "another context length, 2048");
    }

    @Test
    void apiWithAnotherParallelismThanPsFails() {
        assertPasses(checkedByApi(new ServedInstance("qwen", "chat", 4096, 4)));
        assertFails(checkedByApi(new ServedInstance("qwen", "chat", 4096, 1)), "another parallelism, 1");
    }

    @Test
    void parallelismThatPsDoesNotReportIsNoContradiction() {
        Instance embedding = copy(copy(LISTED, "type", ModelType.EMBEDDING), "parallel", null);

        assertPasses(InstanceChecks.api(
                desired(""), observation(ps(embedding), api(new ServedInstance("qwen", "chat", 4096, 1))), false));
    }

    @Test
    void contextLengthThatPsDoesNotReportIsNoContradiction() {
        assertPasses(InstanceChecks.api(desired(""), observation(ps(), api(served("qwen", "chat", 2048))), false));
        assertPasses(InstanceChecks.api(
                desired(""), observation(unknown(Kind.TIMED_OUT), api(served("qwen", "chat", 2048))), false));
    }

    @ParameterizedTest
    @CsvSource({
        "UNREACHABLE, SERVER_NOT_RUNNING",
        "TIMED_OUT, TIMED_OUT",
        "NOT_AUTHENTICATED, NOT_AUTHENTICATED",
        "UNREADABLE_OUTPUT, UNREADABLE_OUTPUT"
    })
    void apiThatFailsIsMissing(Kind kind, Reason reason) {
        assertIsUnknown(InstanceChecks.api(desired(""), observation(ps(LISTED), unknown(kind)), false), reason);
    }

    @Test
    void apiThatRefusesIsMissing() {
        Reading<ApiModelList> refused =
                new Reading.Unknown<>(new DomainFailure(DomainFailure.Kind.REFUSED, "it is broken"), NOW);

        assertIsUnknown(
                InstanceChecks.api(desired(""), observation(ps(LISTED), refused), false), Reason.OBSERVATION_FAILED);
    }

    private static CheckResult cli(Reading<List<Instance>> loaded) {
        return InstanceChecks.cli(desired(""), observation(loaded, api(served("qwen", "chat", 4096))), false);
    }

    private static CheckResult checkedByApi(ServedInstance... instances) {
        return InstanceChecks.api(desired(""), observation(ps(LISTED), api(instances)), false);
    }

    private static void assertPasses(CheckResult said) {
        assertThat(said.result()).as(said.statement()).isEqualTo(VerificationResult.PASSED);
        assertThat(said.reason()).isEqualTo(Reason.VERIFIED);
    }

    private static void assertFails(CheckResult said, String statement) {
        assertThat(said.result()).as(said.statement()).isEqualTo(VerificationResult.FAILED);
        assertThat(said.reason()).isEqualTo(Reason.VERIFICATION_FAILED);
        assertThat(said.statement()).contains(statement);
    }

    private static void assertIsUnknown(CheckResult said, Reason reason) {
        assertThat(said.result()).as(said.statement()).isEqualTo(VerificationResult.UNKNOWN);
        assertThat(said.reason()).isEqualTo(reason);
        assertThat(said.statement()).contains("it is broken");
    }
}
