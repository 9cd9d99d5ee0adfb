package dev.lmstudiooperator.agent.lmstudionode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the reason of the {@code Ready} condition of a node. */
class NodeReadinessTest {

    @Test
    void nodeWhoseWaysAreOpenIsReady() {
        assertThat(NodeReadiness.of(Known.NOTHING_LOADED))
                .isEqualTo(new NodeReadiness(
                        ConditionStatus.TRUE, Reason.REACHABLE, "LM Studio answers the CLI and the HTTP API"));
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_OBSERVED_YET, UNKNOWN, OBSERVING",
        "CANCELLED, UNKNOWN, OBSERVING",
        "CLI_MISSING, FALSE, CLI_NOT_USABLE",
        "CLI_NOT_USABLE, FALSE, CLI_NOT_USABLE",
        "TIMED_OUT, FALSE, TIMED_OUT",
        "KILLED, FALSE, LM_STUDIO_UNREACHABLE",
        "UNREACHABLE, FALSE, LM_STUDIO_UNREACHABLE",
        "UNKNOWN, FALSE, LM_STUDIO_UNREACHABLE",
        "NOT_AUTHENTICATED, FALSE, NOT_AUTHENTICATED",
        "VERSION_MISMATCH, FALSE, VERSION_MISMATCH",
        "UNREADABLE_OUTPUT, FALSE, UNREADABLE_OUTPUT"
    })
    void failedCliGivesItsReason(InfrastructureFailure.Kind kind, ConditionStatus truth, Reason reason) {
        NodeReadiness readiness = NodeReadiness.of(withoutPs(new InfrastructureFailure(kind, "it says so")));

        assertThat(readiness).isEqualTo(new NodeReadiness(truth, reason, "lms ps failed: it says so"));
    }

    @ParameterizedTest
    @EnumSource
    void listThatLmStudioRefusesIsOneThatCannotBeRead(DomainFailure.Kind kind) {
        assertThat(NodeReadiness.of(withoutPs(new DomainFailure(kind, "no"))).reason())
                .isEqualTo(Reason.UNREADABLE_OUTPUT);
    }

    @ParameterizedTest
    @CsvSource({
        "UNREACHABLE, SERVER_NOT_RUNNING",
        "NOT_AUTHENTICATED, NOT_AUTHENTICATED",
        "TIMED_OUT, TIMED_OUT",
        "VERSION_MISMATCH, VERSION_MISMATCH",
        "UNREADABLE_OUTPUT, UNREADABLE_OUTPUT"
    })
    void failedApiGivesItsReason(InfrastructureFailure.Kind kind, Reason reason) {
        NodeReadiness readiness = NodeReadiness.of(new Observation(
                Known.NOTHING_LOADED.loaded(),
                Known.NOTHING_LOADED.downloaded(),
                Known.unknown(new InfrastructureFailure(kind, "it says so"))));

        assertThat(readiness)
                .isEqualTo(new NodeReadiness(ConditionStatus.FALSE, reason, "The HTTP API did not answer: it says so"));
    }

    @Test
    void whatIsOnDiskMustBeListedToo() {
        NodeReadiness readiness = NodeReadiness.of(new Observation(
                Known.NOTHING_LOADED.loaded(),
                Known.unknown(new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "slow")),
                Known.NOTHING_LOADED.served()));

        assertThat(readiness)
                .isEqualTo(new NodeReadiness(ConditionStatus.FALSE, Reason.TIMED_OUT, "lms ls failed: slow"));
    }

    @Test
    void outageIsReportedBeforeItsConsequences() {
        InfrastructureFailure down = new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "down");

        NodeReadiness readiness =
                NodeReadiness.of(new Observation(Known.unknown(down), Known.unknown(down), Known.unknown(down)));

        assertThat(readiness.reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void instanceThatBlindsLmsIsNamed() {
        NodeReadiness readiness = NodeReadiness.of(unlistable(new ApiModelList(
                Set.of(new ServedInstance("phi-onnx", "theirs", 4096, 4), new ServedInstance("qwen", "chat", 4096, 4)),
                Set.of("phi-onnx", "qwen"))));

        assertThat(readiness.truth()).isEqualTo(ConditionStatus.FALSE);
        assertThat(readiness.reason()).isEqualTo(Reason.UNREADABLE_OUTPUT);
        assertThat(readiness.message())
                .contains("theirs (model phi-onnx, format onnx)", "Unload it in LM Studio")
                .doesNotContain("chat");
    }

    @Test
    void modelThatBlindsLmsIsNamedWhereTheApiKnowsNoIdentifiers() {
        NodeReadiness readiness = NodeReadiness.of(unlistable(
                new ApiModelList(Set.of(new ServedInstance("phi-onnx", null, null, null)), Set.of("phi-onnx"))));

        assertThat(readiness.message()).contains("an instance of phi-onnx (format onnx)");
    }

    @Test
    void messageOfLmsIsReportedWhenTheUnlistableInstanceIsUnknown() {
        NodeReadiness readiness = NodeReadiness.of(unlistable(new ApiModelList(Set.of(), Set.of())));

        assertThat(readiness)
                .isEqualTo(new NodeReadiness(
                        ConditionStatus.FALSE,
                        Reason.UNREADABLE_OUTPUT,
                        "lms ps failed: Unsupported model format: onnx"));
    }

    private static Observation unlistable(ApiModelList served) {
        DomainFailure unsupported =
                new DomainFailure(DomainFailure.Kind.UNLISTABLE_INSTANCE, "Unsupported model format: onnx");
        DownloadedModel odd =
                new DownloadedModel("phi-onnx", ModelType.LLM, "lab/phi-onnx", 5L, null, "onnx", null, null);
        return new Observation(
                Known.unknown(unsupported), Known.known(List.of(odd, Known.model("qwen"))), Known.known(served));
    }

    private static Observation withoutPs(LmStudioFailure why) {
        return new Observation(Known.unknown(why), Known.NOTHING_LOADED.downloaded(), Known.NOTHING_LOADED.served());
    }
}
