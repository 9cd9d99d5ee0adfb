package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.ServerAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentTest {

    @Test
    void loadNamesEverythingThatWasAsked() throws DomainFailure {
        LoadRequest request = new LoadRequest("qwen/qwen3-4b@q4", "team-a", Duration.ofMinutes(10), 8192, "0.5", 2);

        assertThat(Argument.load(request))
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

    @Test
    void startOfTheServerNamesPortAndAddress() {
        assertThat(Argument.startServer(new ServerAddress("127.0.0.1", 1234)))
                .containsExactly("server", "start", "--port=1234", "--bind=127.0.0.1");
    }

    @Test
    void loadLeavesToLmStudioWhatWasNotAsked() throws DomainFailure {
        assertThat(Argument.load(new LoadRequest("m", "m", Duration.ofSeconds(1), null, null, null)))
                .containsExactly("load", "m", "--yes", "--local", "--identifier=m", "--ttl=1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "-v", "--version", "-", "a\nb", "a\0b", "a\u001b[1m", "a\u202eb", " a", "a\t", "\ud800"
            })
    void valueThatLmsCouldMisreadIsRefused(String value) {
        assertThatThrownBy(() -> Argument.identifier(value))
                .isInstanceOfSatisfying(DomainFailure.class, failure -> assertThat(failure.kind())
                        .isEqualTo(DomainFailure.Kind.REFUSED))
                .hasMessageContaining("identifier");
        assertThatThrownBy(() -> Argument.modelKey(value)).isInstanceOf(DomainFailure.class);
    }

    @Test
    void overlongValueIsRefusedWithoutRepeatingIt() {
        assertThatThrownBy(() -> Argument.modelKey("a".repeat(513)))
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
        assertThat(Argument.source(source)).isEqualTo(source);
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
        assertThatThrownBy(() -> Argument.source(source)).isInstanceOf(DomainFailure.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "2", "-0.1", "50%", "MAX", "", "1.5", "0x1", "1e-1"})
    void gpuShareThatLmsRefusesIsRefused(String gpu) {
        LoadRequest request = new LoadRequest("m", "m", Duration.ofSeconds(1), null, gpu, null);

        assertThatThrownBy(() -> Argument.load(request)).isInstanceOf(DomainFailure.class);
    }

    @Test
    void ttlThatOverflowsATimerIsRefused() {
        LoadRequest request = new LoadRequest("m", "m", Duration.ofDays(25), null, null, null);

        assertThatThrownBy(() -> Argument.load(request))
                .isInstanceOf(DomainFailure.class)
                .hasMessageContaining("2147483 s");
    }

    @Test
    void contextOfNoTokensIsRefused() {
        LoadRequest request = new LoadRequest("m", "m", Duration.ofSeconds(1), 0, null, null);

        assertThatThrownBy(() -> Argument.load(request)).isInstanceOf(DomainFailure.class);
    }
}
