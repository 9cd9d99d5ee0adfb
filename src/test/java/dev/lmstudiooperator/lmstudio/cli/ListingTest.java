package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.lmstudio.Activity;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.ModelType;
import dev.lmstudiooperator.lmstudio.ServerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {

    private static final String INSTANCE = """
            {"type":"llm","modelKey":"qwen3-4b","format":"gguf","displayName":"qwen3-4b","publisher":"lmstudio-community",
             "path":"lmstudio-community/qwen3-4b-GGUF/qwen3-4b-Q4_K_M.gguf","sizeBytes":2500000000,
             "indexedModelIdentifier":"x","deviceIdentifier":null,"paramsString":"4B","architecture":"qwen3",
             "quantization":{"name":"Q4_K_M","bits":4},"identifier":"team-a","ttlMs":600000,"lastUsedTime":1750000000000,
             "vision":false,"trainedForToolUse":true,"maxContextLength":40960,"contextLength":4096,"status":"idle",
             "queued":0,"parallel":4}""";

    @Test
    void instanceIsReadAsLmsPrintsIt() throws InfrastructureFailure {
        assertThat(Listing.loaded("[" + INSTANCE + "]\n"))
                .containsExactly(new Instance(
                        "team-a",
                        "qwen3-4b",
                        ModelType.LLM,
                        Duration.ofMinutes(10),
                        Instant.ofEpochMilli(1750000000000L),
                        4096,
                        4,
                        Activity.IDLE,
                        0,
                        2500000000L,
                        null));
    }

    @Test
    void downloadedModelIsReadAsLmsPrintsIt() throws InfrastructureFailure {
        assertThat(Listing.downloaded(
                        "[" + INSTANCE.replace("\"deviceIdentifier\":null", "\"deviceIdentifier\":\"d1\"") + "]"))
                .containsExactly(new DownloadedModel(
                        "qwen3-4b",
                        ModelType.LLM,
                        "lmstudio-community/qwen3-4b-GGUF/qwen3-4b-Q4_K_M.gguf",
                        2500000000L,
                        "d1"));
    }

    @Test
    void nothingLoadedIsAnEmptyArrayAndNothingElse() throws InfrastructureFailure {
        assertThat(Listing.loaded("[]")).isEmpty();
        assertUnreadable("");
        assertUnreadable(" \n");
    }

    @ParameterizedTest
    @CsvSource({
        "idle,IDLE",
        "processingPrompt,PROCESSING_PROMPT",
        "computingEmbedding,COMPUTING_EMBEDDING",
        "new,GENERATING"
    })
    void activityThatNobodyKnowsCountsAsWork(String status, Activity activity) throws InfrastructureFailure {
        String json = "[" + INSTANCE.replace("\"idle\"", '"' + status + '"') + "]";

        assertThat(Listing.loaded(json)).extracting(Instance::activity).containsExactly(activity);
    }

    @Test
    void foreignInstanceWithAnEmptyNameDoesNotHideTheOthers() throws InfrastructureFailure {
        assertThat(Listing.loaded("[" + INSTANCE + "," + INSTANCE.replace("team-a", "") + "]"))
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"identifier\":\"team-a\"|\"identifier\":7",
                "\"identifier\":\"team-a\"|\"other\":\"team-a\"",
                "\"modelKey\":\"qwen3-4b\"|\"modelKey\":null",
                "\"type\":\"llm\"|\"type\":\"teapot\"",
                "\"ttlMs\":600000|\"ttlMs\":\"600000\"",
                "\"ttlMs\":600000|\"ttlMs\":-1",
                "\"ttlMs\":600000|\"later\":1",
                "\"ttlMs\":600000|\"ttlMs\":1e300",
                "\"contextLength\":4096|\"contextLength\":null",
                "\"contextLength\":4096|\"contextLength\":99999999999",
                "\"parallel\":4|\"parallel\":\"4\"",
                "\"queued\":0|\"queued\":[]",
                "\"lastUsedTime\":1750000000000|\"lastUsedTime\":{}",
                "\"deviceIdentifier\":null|\"deviceIdentifier\":{}"
            })
    void entryThatLacksWhatIsDecidedOnMakesTheWholeListUnreadable(String change) {
        String[] fromTo = change.split("\\|", -1);

        assertThat(INSTANCE).contains(fromTo[0]);
        assertUnreadable("[" + INSTANCE + "," + INSTANCE.replace(fromTo[0], fromTo[1]) + "]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "null", "[null]", "[1]", "[[]]", "[]]", "[] []", "[{}]", "<html>", "\u0000\u0001", "NaN"})
    void otherThingsAreUnreadable(String json) {
        assertUnreadable(json);
    }

    @Property
    void cutOffOutputIsNeverAList(@ForAll @IntRange(min = 0, max = 1400) int length) {
        String json = "[" + INSTANCE + "," + INSTANCE + "]";

        assertUnreadable(json.substring(0, Math.min(length, json.length() - 1)));
    }

    @Property
    void garbageIsNeverAList(@ForAll String garbage) {
        assertUnreadable("x" + garbage);
    }

    @Test
    void tenThousandModelsAreRead() throws InfrastructureFailure {
        String json = IntStream.range(0, 10_000)
                .mapToObj(i -> INSTANCE.replace("team-a", "team-" + i))
                .collect(Collectors.joining(",", "[", "]"));

        assertThat(Listing.loaded(json)).hasSize(10_000);
        assertThat(Listing.downloaded(json)).hasSize(10_000);
    }

    @Test
    void deeplyNestedOutputIsUnreadable() {
        assertUnreadable("[".repeat(100_000));
    }

    @Test
    void serverThatNeverRanHasNoPort() throws InfrastructureFailure {
        assertThat(Listing.serverStatus("{\"running\":true,\"port\":1234}")).isEqualTo(new ServerStatus(true, 1234));
        assertThat(Listing.serverStatus("{\"running\":false}")).isEqualTo(new ServerStatus(false, null));
        assertThatThrownBy(() -> Listing.serverStatus("{}")).isInstanceOf(InfrastructureFailure.class);
        assertThatThrownBy(() -> Listing.serverStatus("[]")).isInstanceOf(InfrastructureFailure.class);
    }

    @Test
    void versionIsACommit() throws InfrastructureFailure {
        assertThat(Listing.version("{\"version\":\"07b7252\"}\n")).isEqualTo("07b7252");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "07b7252",
                "CLI commit: 07b7252",
                "{\"version\":7}",
                "{\"version\":null}",
                "{\"version\":\" \"}"
            })
    void otherThingsAreNoVersion(String output) {
        assertThatThrownBy(() -> Listing.version(output)).isInstanceOf(InfrastructureFailure.class);
    }

    private static void assertUnreadable(String json) {
        assertThatThrownBy(() -> Listing.loaded(json))
                .isInstanceOfSatisfying(InfrastructureFailure.class, failure -> assertThat(failure.kind())
                        .isEqualTo(InfrastructureFailure.Kind.UNREADABLE_OUTPUT));
    }
}
