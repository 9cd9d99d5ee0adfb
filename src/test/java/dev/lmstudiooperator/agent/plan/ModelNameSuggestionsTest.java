package dev.lmstudiooperator.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the suggestions for a misspelled model name. */
class ModelNameSuggestionsTest {

    @Test
    void nearestComesFirst() {
        assertThat(ModelNameSuggestions.suggestion(
                        "qwen/qwen3-8b", List.of("qwen/qwen2.5-7b", "qwen/qwen3-8b-instruct")))
                .isEqualTo(" The nearest: qwen/qwen3-8b-instruct, qwen/qwen2.5-7b");
    }

    @Test
    void letterCaseDoesNotMatter() {
        assertThat(ModelNameSuggestions.suggestion("qwen/qwen3-8b", List.of("QWEN/QWEN3-8B")))
                .contains("QWEN/QWEN3-8B");
    }

    @Test
    void threeAreEnough() {
        assertThat(ModelNameSuggestions.suggestion(
                                "qwen/qwen3-8b",
                                List.of("qwen/qwen3-8c", "qwen/qwen3-8d", "qwen/qwen3-8e", "qwen/qwen3-8f"))
                        .split(","))
                .hasSize(3);
    }

    @Test
    void sameKeyIsSaidOnce() {
        assertThat(ModelNameSuggestions.suggestion("qwen/qwen3-8b", List.of("qwen/qwen3-8c", "qwen/qwen3-8c")))
                .isEqualTo(" The nearest: qwen/qwen3-8c");
    }

    @Test
    void nothingSimilarSaysHowToFindOut() {
        assertThat(ModelNameSuggestions.suggestion("qwen/qwen3-8b", List.of("zzz")))
                .contains("lms ls");
    }
}
