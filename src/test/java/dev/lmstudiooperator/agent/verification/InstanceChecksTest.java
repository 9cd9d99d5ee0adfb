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
        assertIsAgainst(cli(ps()), "does not list chat");
    }

    @Test
    void instanceOnALinkedDeviceIsNotOurs() {
        assertIsAgainst(cli(ps(instance("qwen", ModelType.LLM, "other-machine"))), "does not list chat");
    }

    @Test
    void psThatListsAnotherModelUnderOurNameFails() {
        assertIsAgainst(cli(ps(instance("llama", ModelType.LLM, null))), "the model is llama instead of qwen");
    }

    @ParameterizedTest
    @CsvSource({
        "UNREACHABLE, LM_STUDIO_UNREACHABLE",
        "CLI_MISSING, CLI_NOT_USABLE",
        "VERSION_MISMATCH, VERSION_MISMATCH",
        "TIMED_OUT, TIMED_OUT",
        "NOT_AUTHENTICATED, NOT_AUTHENTICATED",
        "UNREADABLE_OUTPUT, UNREADABLE_OUTPUT",
        "NOT_LOOKED_YET, OBSERVING"
    })
    void psThatFailsIsMissing(Kind kind, Reason reason) {
        assertIsMissing(cli(unknown(kind)), reason);
    }

    @Test
    void apiThatListsTheInstancePasses() {
        assertIsInFavour(secondWitness(served("qwen", "chat", 4096)));
    }

    @Test
    void apiThatDoesNotListItFails() {
        assertIsAgainst(secondWitness(), "does not list chat as a loaded instance of qwen");
    }

    @Test
    void apiThatListsAnotherModelUnderOurNameFails() {
        assertIsAgainst(secondWitness(served("llama", "chat", 4096)), "does not list chat");
    }

    @Test
    void apiThatListsOurModelUnderAnotherNameOnlyFails() {
        assertIsAgainst(secondWitness(served("qwen", "another", 4096)), "does not list chat");
    }

    /** LM Studio before 0.4 does not support identifiers. */
    @Test
    void apiWithoutIdentifiersIsCheckedByModelKey() {
        assertIsInFavour(secondWitness(served("qwen", null, null)));
        assertIsAgainst(secondWitness(served("llama", null, null)), "does not list chat");
    }

    @Test
    void apiWithAnotherContextLengthThanPsFails() {
        assertIsAgainst(secondWitness(served("qwen", "chat", 2048)), "another context length, 2048");
    }

    @Test
    void apiWithAnotherParallelismThanPsFails() {
        assertIsInFavour(secondWitness(new ServedInstance("qwen", "chat", 4096, 4)));
        assertIsAgainst(secondWitness(new ServedInstance("qwen", "chat", 4096, 1)), "another parallelism, 1");
    }

    @Test
    void parallelismThatPsDoesNotReportIsNoContradiction() {
        Instance embedding =
                copy(copy(LISTED, "type", ModelType.EMBEDDING), "parallel", null);

        assertIsInFavour(InstanceChecks.api(
                desired(""), observation(ps(embedding), api(new ServedInstance("qwen", "chat", 4096, 1))), false));
    }

    @Test
    void contextLengthThatPsDoesNotReportIsNoContradiction() {
        assertIsInFavour(InstanceChecks.api(desired(""), observation(ps(), api(served("qwen", "chat", 2048))), false));
        assertIsInFavour(InstanceChecks.api(
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
        assertIsMissing(InstanceChecks.api(desired(""), observation(ps(LISTED), unknown(kind)), false), reason);
    }

    @Test
    void apiThatRefusesIsMissing() {
        Reading<ApiModelList> refused =
                new Reading.Unknown<>(new DomainFailure(DomainFailure.Kind.REFUSED, "it is broken"), NOW);

        assertIsMissing(
                InstanceChecks.api(desired(""), observation(ps(LISTED), refused), false), Reason.OBSERVATION_FAILED);
    }

    private static CheckResult cli(Reading<List<Instance>> loaded) {
        return InstanceChecks.cli(desired(""), observation(loaded, api(served("qwen", "chat", 4096))), false);
    }

    private static CheckResult secondWitness(ServedInstance... instances) {
        return InstanceChecks.api(desired(""), observation(ps(LISTED), api(instances)), false);
    }

    private static void assertIsInFavour(CheckResult said) {
        assertThat(said.result()).as(said.statement()).isEqualTo(VerificationResult.PASSED);
        assertThat(said.reason()).isEqualTo(Reason.VERIFIED);
    }

    private static void assertIsAgainst(CheckResult said, String statement) {
        assertThat(said.result()).as(said.statement()).isEqualTo(VerificationResult.FAILED);
        assertThat(said.reason()).isEqualTo(Reason.VERIFICATION_FAILED);
        assertThat(said.statement()).contains(statement);
    }

    private static void assertIsMissing(CheckResult said, Reason reason) {
        assertThat(said.result()).as(said.statement()).isEqualTo(VerificationResult.UNKNOWN);
        assertThat(said.reason()).isEqualTo(reason);
        assertThat(said.statement()).contains("it is broken");
    }
}
