package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerStatus;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LmsJsonParserTest {

    private static final String INSTANCE = """
            {"type":"llm","modelKey":"qwen3-4b","format":"gguf","displayName":"qwen3-4b","publisher":"lmstudio-community",
             "path":"lmstudio-community/qwen3-4b-GGUF/qwen3-4b-Q4_K_M.gguf","sizeBytes":2500000000,
             "indexedModelIdentifier":"x","deviceIdentifier":null,"paramsString":"4B","architecture":"qwen3",
             "quantization":{"name":"Q4_K_M","bits":4},"identifier":"team-a","ttlMs":600000,"lastUsedTime":1750000000000,
             "vision":false,"trainedForToolUse":true,"maxContextLength":40960,"contextLength":4096,"status":"idle",
             "queued":0,"parallel":4}""";

    @Test
    void instanceIsReadAsLmsPrintsIt() throws InfrastructureFailure {
        assertThat(LmsJsonParser.loaded("[" + INSTANCE + "]\n"))
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
                        null,
                        null,
                        "Q4_K_M",
                        40960));
    }

    @Test
    void downloadedModelIsReadAsLmsPrintsIt() throws InfrastructureFailure {
        assertThat(LmsJsonParser.downloaded(
                        "[" + INSTANCE.replace("\"deviceIdentifier\":null", "\"deviceIdentifier\":\"d1\"") + "]"))
                .containsExactly(new DownloadedModel(
                        "qwen3-4b",
                        ModelType.LLM,
                        "lmstudio-community/qwen3-4b-GGUF/qwen3-4b-Q4_K_M.gguf",
                        2500000000L,
                        "d1",
                        "gguf",
                        "qwen3",
                        40960));
    }

    @Test
    void instancesOfARealRunAreDescribed() throws Exception {
        assertThat(LmsJsonParser.loaded(recorded("ps-json-many")))
                .extracting(Instance::identifier, Instance::variant, Instance::quantization, Instance::maxContextLength)
                .containsExactly(
                        tuple("team-a", null, "Q4_K_M", 40960),
                        tuple("qwen/qwen3-8b", "qwen/qwen3-8b@q4_k_m", "Q4_K_M", 40960),
                        tuple("far", null, "Q4_K_M", 40960),
                        tuple("text-embedding-nomic-embed-text-v1.5", null, "Q4_K_M", 2048));
    }

    @Test
    void modelsOfARealRunAreDescribed() throws Exception {
        assertThat(LmsJsonParser.downloaded(recorded("ls-json")))
                .filteredOn(DownloadedModel::isLocal)
                .extracting(
                        DownloadedModel::modelKey,
                        DownloadedModel::format,
                        DownloadedModel::architecture,
                        DownloadedModel::maxContextLength)
                .contains(
                        tuple("qwen/qwen3-8b", "gguf", "qwen3", 40960),
                        tuple("llama-3.2-1b-instruct", "gguf", "llama", 131072),
                        tuple("text-embedding-nomic-embed-text-v1.5", "gguf", "nomic-bert", 2048),
                        tuple("mmproj-clip-helper", "gguf", "clip", 40960))
                .hasSize(9);
    }

    /** In the models of a real run, each of these fields is absent, null, or of another type. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"format\":\"gguf\",|",
                "\"format\":\"gguf\"|\"format\":null",
                "\"format\":\"gguf\"|\"format\":{\"name\":\"gguf\"}",
                "\"architecture\":\"(.*?)\",|",
                "\"architecture\":\"(.*?)\"|\"architecture\":null",
                "\"architecture\":\"(.*?)\"|\"architecture\":[\"$1\"]",
                "\"maxContextLength\":(\\d+)|\"more\":$1",
                "\"maxContextLength\":(\\d+)|\"maxContextLength\":null",
                "\"maxContextLength\":(\\d+)|\"maxContextLength\":\"$1\"",
                "\"maxContextLength\":(\\d+)|\"maxContextLength\":-1",
                "\"maxContextLength\":(\\d+)|\"maxContextLength\":99999999999",
                "\"maxContextLength\":(\\d+)|\"maxContextLength\":1e300",
                "\"selectedVariant\":\".*?\"|\"selectedVariant\":null",
                "\"selectedVariant\":\".*?\"|\"selectedVariant\":7",
                "\"selectedVariant\":\".*?\"|\"other\":7",
                "\"quantization\":\\{.*?}|\"quantization\":null",
                "\"quantization\":\\{.*?}|\"quantization\":\"Q4_K_M\"",
                "\"quantization\":\\{.*?}|\"quantization\":{\"bits\":4}",
                "\"quantization\":\\{.*?}|\"quantization\":{\"name\":4}",
                "\"quantization\":\\{.*?}|\"other\":4"
            })
    void whatOnlyDescribesAModelNeverMakesTheListUnreadable(String from, @Nullable String to) throws Exception {
        String replacement = to == null ? "" : to;
        String loaded = recorded("ps-json-many").replaceAll(from, replacement);
        String downloaded = recorded("ls-json").replaceAll(from, replacement);

        assertThat(loaded).isNotEqualTo(recorded("ps-json-many"));
        assertThat(LmsJsonParser.loaded(loaded))
                .hasSize(4)
                .allMatch(instance -> !from.contains("maxContextLength") || instance.maxContextLength() == null)
                .allMatch(instance -> !from.contains("selectedVariant") || instance.variant() == null)
                .allMatch(instance -> !from.contains("quantization") || instance.quantization() == null);
        assertThat(LmsJsonParser.downloaded(downloaded))
                .hasSize(11)
                .allMatch(model -> !from.contains("maxContextLength") || model.maxContextLength() == null)
                .allMatch(model -> !from.contains("architecture") || model.architecture() == null)
                .allMatch(model -> !from.contains("format") || model.format() == null);
    }

    private static String recorded(String name) throws IOException, URISyntaxException {
        return Files.readString(
                Path.of(Objects.requireNonNull(LmsJsonParserTest.class.getResource("/lms-output/" + name + ".json"))
                        .toURI()));
    }

    @Test
    void nothingLoadedIsAnEmptyArrayAndNothingElse() throws InfrastructureFailure {
        assertThat(LmsJsonParser.loaded("[]")).isEmpty();
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
    void unknownActivityCountsAsBusy(String status, Activity activity) throws InfrastructureFailure {
        String json = "[" + INSTANCE.replace("\"idle\"", '"' + status + '"') + "]";

        assertThat(LmsJsonParser.loaded(json)).extracting(Instance::activity).containsExactly(activity);
    }

    @Test
    void unmanagedInstanceWithAnEmptyNameDoesNotHideTheOthers() throws InfrastructureFailure {
        assertThat(LmsJsonParser.loaded("[" + INSTANCE + "," + INSTANCE.replace("team-a", "") + "]"))
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

        assertThat(LmsJsonParser.loaded(json)).hasSize(10_000);
        assertThat(LmsJsonParser.downloaded(json)).hasSize(10_000);
    }

    @Test
    void deeplyNestedOutputIsUnreadable() {
        assertUnreadable("[".repeat(100_000));
    }

    @Test
    void serverThatNeverRanHasNoPort() throws InfrastructureFailure {
        assertThat(LmsJsonParser.serverStatus("{\"running\":true,\"port\":1234}"))
                .isEqualTo(new ServerStatus(true, 1234));
        assertThat(LmsJsonParser.serverStatus("{\"running\":false}")).isEqualTo(new ServerStatus(false, null));
        assertThatThrownBy(() -> LmsJsonParser.serverStatus("{}")).isInstanceOf(InfrastructureFailure.class);
        assertThatThrownBy(() -> LmsJsonParser.serverStatus("[]")).isInstanceOf(InfrastructureFailure.class);
    }

    @Test
    void versionIsACommit() throws InfrastructureFailure {
        assertThat(LmsJsonParser.version("{\"version\":\"07b7252\"}\n")).isEqualTo("07b7252");
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
        assertThatThrownBy(() -> LmsJsonParser.version(output)).isInstanceOf(InfrastructureFailure.class);
    }

    private static void assertUnreadable(String json) {
        assertThatThrownBy(() -> LmsJsonParser.loaded(json))
                .isInstanceOfSatisfying(InfrastructureFailure.class, failure -> assertThat(failure.kind())
                        .isEqualTo(InfrastructureFailure.Kind.UNREADABLE_OUTPUT));
    }
}
