package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static dev.lmstudiooperator.operator.ModelSpecs.VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Boundary values of the spec and of the output of LM Studio. */
@OperatorTest({
    "LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL=500ms",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s"
})
class EdgesIT {

    private static final int UNPROCESSABLE = 422;

    private final OperatorFixture fixture;

    EdgesIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @ParameterizedTest
    @FailureScenario(Category.EDGES)
    @ValueSource(
            strings = {
                "model: --all",
                "model: '$(reboot)'",
                "model: ../../etc/passwd",
                "model: 'two words'",
                "model: \"two\\nlines\"",
                "model: qwen3-4b, identifier: -v",
                "model: qwen3-4b, identifier: 'a;b'"
            })
    void invalidNameIsRejectedAndNotLoaded(String spec) {
        refusedBeforeAnythingIsDone(spec, "must begin with a letter or a digit");
    }

    @ParameterizedTest
    @FailureScenario(Category.EDGES)
    @ValueSource(
            strings = {
                "identifier: chat",
                "model: ''",
                "model: null",
                "model: qwen3-4b, identifier: ''",
                "model: qwen3-4b, nodeName: ''"
            })
    void emptyOrMissingValueIsRejectedAndNotLoaded(String spec) {
        refusedBeforeAnythingIsDone(spec, "spec");
    }

    @Test
    @FailureScenario(Category.EDGES)
    void namesAsLongAsTheyMayBeAreLoadedAsTheyAre() {
        String key = "m".repeat(256);
        String identifier = "i".repeat(256);
        fixture.lmStudio().addModel(key);

        loadsExactly(key, identifier);
        refusedBeforeAnythingIsDone("model: %sm, %s".formatted(key, VERIFIED_OFTEN), "256");
    }

    @Test
    @FailureScenario(Category.EDGES)
    void specialCharactersReachLmStudioAsTheyAre() {
        String key = "Some_Publisher/Model-1.0+instruct@q4_k_m:latest";
        fixture.lmStudio().addModel(key);

        loadsExactly(key, "Team-A/chat_1.0+x@y:z");
    }

    @Test
    @FailureScenario(Category.EDGES)
    void emptyListOfModelsOnDiskLoadsNothingUntilTheModelIsThere() {
        fixture.lmStudio().replaceModels(List.of());
        fixture.apply("bare", LLAMA_VERIFIED_OFTEN);

        fixture.awaitStalled("bare", "ModelNotFound");

        assertThat(fixture.journal().calls("load")).isEmpty();
        fixture.lmStudio().addModel("llama-3.2-1b-instruct");
        fixture.awaitReadyAfterLoads("bare", 1);
        assertThat(fixture.journal().loadsOf("bare")).containsExactly("loaded");
    }

    @Test
    @FailureScenario(Category.EDGES)
    void emptyListOfTheHttpApiFailsTheVerification() {
        fixture.lmStudio().fault(Fault.on("http:/api/v1/models", "output").with("body", "{\"models\":[]}"));
        fixture.apply("unlisted", LLAMA_VERIFIED_OFTEN);

        ManagedModel failed = fixture.awaitReason("unlisted", "VerificationFailed");

        assertThat(AppliedModels.condition(failed, "Ready")).isEqualTo("False");
        assertThat(AppliedModels.message(failed)).contains("does not list unlisted");
        fixture.lmStudio().revokeFaults();
        fixture.awaitReadyAfterLoads("unlisted", 1);
        assertThat(fixture.journal().loadsOf("unlisted")).containsExactly("loaded");
    }

    @Test
    @FailureScenario(Category.EDGES)
    void oneOfTenThousandModelsIsLoadedAndAMissingOneIsReported() {
        fixture.lmStudio()
                .replaceModels(IntStream.range(0, 10_000)
                        .mapToObj("model-%05d"::formatted)
                        .toList());

        fixture.applyAndAwaitLoad("one-of-many", "model: model-09999, " + VERIFIED_OFTEN);
        fixture.apply("none-of-many", "model: model-10000, " + VERIFIED_OFTEN);

        assertThat(AppliedModels.message(fixture.awaitReason("none-of-many", "ModelNotFound")))
                .contains("model-10000 is on this node. The nearest: model-00001");
        assertThat(fixture.journal().loads())
                .extracting(load -> load.raw().path("modelKey").asText())
                .containsExactly("model-09999");
    }

    @Test
    @FailureScenario(Category.EDGES)
    void fieldsOfALaterReleaseAreIgnored() {
        Stream.of("ps", "ls", "version")
                .forEach(command -> fixture.lmStudio().fault(Fault.on(command, "unknownField")));

        fixture.apply("ahead", LLAMA_VERIFIED_OFTEN);

        fixture.awaitReadyAfterLoads("ahead", 1);
        fixture.lmStudio().evict("ahead");
        fixture.awaitReadyAfterLoads("ahead", 2);
        assertThat(fixture.journal().loadsOf("ahead")).containsExactly("loaded", "loaded");
    }

    @Test
    @FailureScenario(Category.EDGES)
    void nullWhereANumberWasIsNotTakenForAnEmptyList() {
        changesNothingWhile(Fault.on("ps", "nullNumber").with("field", "contextLength"), "contextLength");
    }

    @Test
    @FailureScenario(Category.EDGES)
    void missingFieldIsNotTakenForAnEmptyList() {
        changesNothingWhile(Fault.on("ps", "removeField").with("field", "identifier"), "identifier");
    }

    private void changesNothingWhile(Fault fault, String field) {
        fixture.lmStudio().placeInstance("qwen3-4b", "foreign");
        fixture.lmStudio().fault(fault);
        // The operator notices that it cannot observe LM Studio.
        fixture.lmStudio().awaitCalls("ps", 2);
        fixture.apply("blind", LLAMA_VERIFIED_OFTEN);

        ManagedModel unclear = fixture.awaitUnknown("blind", "UnreadableOutput");

        assertThat(AppliedModels.message(unclear)).contains("whose '%s' is".formatted(field));
        assertThat(fixture.journal().calls("load")).isEmpty();
        fixture.lmStudio().revokeFaults();
        fixture.awaitReadyAfterLoads("blind", 1);
        assertThat(fixture.journal().loadsOf("blind")).containsExactly("loaded");
        assertThat(fixture.lmStudio().identifiers()).containsExactlyInAnyOrder("foreign", "blind");
    }

    private void loadsExactly(String key, String identifier) {
        fixture.apply("exact", "model: '%s', identifier: '%s', %s".formatted(key, identifier, VERIFIED_OFTEN));

        ManagedModel ready = fixture.awaitReadyAfterLoads("exact", 1);

        assertThat(AppliedModels.instance(ready).identifier()).isEqualTo(identifier);
        assertThat(AppliedModels.instance(ready).modelKey()).isEqualTo(key);
        assertThat(fixture.journal().calls("load")).singleElement().satisfies(call -> assertThat(call.argv())
                .contains("--identifier=" + identifier));
        assertThat(fixture.journal().loadsOf(identifier)).containsExactly("loaded");
    }

    private void refusedBeforeAnythingIsDone(String spec, String word) {
        int loads = fixture.journal().calls("load").size();

        KubernetesClientException refusal =
                catchThrowableOfType(KubernetesClientException.class, () -> fixture.apply("refused", spec));

        assertThat(refusal).as(spec).isNotNull();
        assertThat(refusal.getCode()).isEqualTo(UNPROCESSABLE);
        assertThat(refusal.getMessage()).contains(word);
        assertThat(fixture.resource("refused").get()).isNull();
        assertThat(fixture.journal().calls("load")).hasSize(loads);
    }
}
