package dev.lmstudiooperator.lmstudio.cli;

import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerAddress;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LmsArgumentsTest {

    private static final String PATH = "lmstudio-community/qwen3-4b-GGUF/qwen3-4b-Q4_K_M.gguf";

    @Test
    void loadNamesEverythingThatWasAsked() throws DomainFailure {
        LoadRequest request =
                new LoadRequest("qwen/qwen3-4b@q4", "team-a", Duration.ofMinutes(10), 8192, "0.5", 2, null);

        assertThat(LmsArguments.load(request))
                .containsExactly(
                        "load",
                        "qwen/qwen3-4b@q4",
                        "--yes",
                        "--local",
                        "--identifier=team-a",
                        "--ttl=600",
                        "--context-length=8192",
                        "--gpu=0.5",
                        "--parallel=2");
    }

    /** The order of the recorded run load-recommended.json. */
    @Test
    void loadByExactPathNamesThePathAndNotTheKey() throws DomainFailure {
        LoadRequest request = new LoadRequest("qwen3-4b", "team-a", Duration.ofMinutes(10), 8192, "max", 2, PATH);

        assertThat(LmsArguments.load(request))
                .containsExactly(
                        "load",
                        "--exact",
                        PATH,
                        "--local",
                        "--yes",
                        "--identifier=team-a",
                        "--ttl=600",
                        "--context-length=8192",
                        "--gpu=max",
                        "--parallel=2");
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void pathThatLmsCouldMisreadIsRefusedAndTheCallerCanKnowBefore(String path) {
        LoadRequest request = new LoadRequest("m", "m", Duration.ofSeconds(1), null, null, null, path);

        assertThatThrownBy(() -> LmsArguments.load(request))
                .isInstanceOfSatisfying(DomainFailure.class, failure -> assertThat(failure.kind())
                        .isEqualTo(DomainFailure.Kind.REFUSED))
                .hasMessageContaining("path");
        assertThat(downloaded(path).isPathUsable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {PATH, "qwen/qwen3-8b", "acme/my model/my model.gguf", "acme/模型.gguf"})
    void pathOfAModelCanBeUsed(String path) throws DomainFailure {
        LoadRequest request = new LoadRequest("m", "m", Duration.ofSeconds(1), null, null, null, path);

        assertThat(LmsArguments.load(request)).contains(path);
        assertThat(downloaded(path).isPathUsable()).isTrue();
    }

    @Test
    void startOfTheServerNamesPortAndAddress() {
        assertThat(LmsArguments.startServer(new ServerAddress("127.0.0.1", 1234)))
                .containsExactly("server", "start", "--port=1234", "--bind=127.0.0.1");
    }

    @Test
    void loadLeavesToLmStudioWhatWasNotAsked() throws DomainFailure {
        assertThat(LmsArguments.load(new LoadRequest("m", "m", Duration.ofSeconds(1), null, null, null, null)))
                .containsExactly("load", "m", "--yes", "--local", "--identifier=m", "--ttl=1");
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void valueThatLmsCouldMisreadIsRefused(String value) {
        assertThatThrownBy(() -> LmsArguments.identifier(value))
                .isInstanceOfSatisfying(DomainFailure.class, failure -> assertThat(failure.kind())
                        .isEqualTo(DomainFailure.Kind.REFUSED))
                .hasMessageContaining("identifier");
        assertThatThrownBy(() -> LmsArguments.modelKey(value)).isInstanceOf(DomainFailure.class);
    }

    private static Stream<String> unusable() {
        return Stream.of(
                "", " ", "-v", "--version", "-", "a\nb", "a\0b", "a\u001b[1m", "a\u202eb", " a", "a\t", "\ud800");
    }

    private static DownloadedModel downloaded(String path) {
        return aDownloadedModel("m").path(path).build();
    }

    @Test
    void overlongValueIsRefusedWithoutRepeatingIt() {
        assertThatThrownBy(() -> LmsArguments.modelKey("a".repeat(513)))
                .isInstanceOf(DomainFailure.class)
                .hasMessageContaining("at most 512 characters")
                .message()
                .hasSizeLessThan(300);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qwen/qwen3-4b",
                "qwen/qwen3-4b@q4_k_m",
                "https://huggingface.co/lmstudio-community/Qwen3-4B-GGUF",
                "https://huggingface.co/lmstudio-community/Qwen3-4B-GGUF/Qwen3-4B-Q4_K_M.gguf",
                "https://huggingface.co/lmstudio-community/Qwen3-4B-GGUF@Q4_K_M"
            })
    void exactSourceIsDownloaded(String source) throws DomainFailure {
        assertThat(LmsArguments.source(source)).isEqualTo(source);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qwen3",
                "a/b/c",
                "a/b@c@d",
                "../etc/passwd",
                "a/..",
                "https://example.com/a/b",
                "http://huggingface.co/a/b",
                "https://huggingface.co/a",
                "https://huggingface.co/a/b/../c",
                "https://huggingface.co/a/b?download=true",
                "https://huggingface.co.evil.example/a/b",
                "--gguf"
            })
    void sourceThatIsNotExactIsRefused(String source) {
        assertThatThrownBy(() -> LmsArguments.source(source)).isInstanceOf(DomainFailure.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "2", "-0.1", "50%", "MAX", "", "1.5", "0x1", "1e-1"})
    void gpuShareThatLmsRefusesIsRefused(String gpu) {
        LoadRequest request = new LoadRequest("m", "m", Duration.ofSeconds(1), null, gpu, null, null);

        assertThatThrownBy(() -> LmsArguments.load(request)).isInstanceOf(DomainFailure.class);
    }

    @Test
    void ttlThatOverflowsATimerIsRefused() {
        LoadRequest request = new LoadRequest("m", "m", Duration.ofDays(25), null, null, null, null);

        assertThatThrownBy(() -> LmsArguments.load(request))
                .isInstanceOf(DomainFailure.class)
                .hasMessageContaining("2147483 s");
    }

    @Test
    void contextOfNoTokensIsRefused() {
        LoadRequest request = new LoadRequest("m", "m", Duration.ofSeconds(1), 0, null, null, null);

        assertThatThrownBy(() -> LmsArguments.load(request)).isInstanceOf(DomainFailure.class);
    }
}
