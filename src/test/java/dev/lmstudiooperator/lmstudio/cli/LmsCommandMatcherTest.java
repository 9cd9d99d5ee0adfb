package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LmsCommandMatcherTest {

    private static final String LMS = "/home/u/.lmstudio/bin/lms";

    @Test
    void everyLoadThatTheAdapterWritesIsRecognised() throws Exception {
        List<String> line = new ArrayList<>(List.of("/bin/sh", LMS));
        line.addAll(LmsArguments.load(new LoadRequest("m", "x", Duration.ofMinutes(1), 1, "0.5", 1, null)));

        assertThat(LmsCommandMatcher.isOurs(line)).isTrue();
        assertThat(LmsCommandMatcher.isLoadBy(LMS, line)).isTrue();
        assertThat(LmsCommandMatcher.isLoadBy("/other/lms", line)).isFalse();
    }

    @Test
    void everyLoadByExactPathIsRecognised() throws Exception {
        List<String> line = new ArrayList<>(List.of("/bin/sh", LMS));
        line.addAll(LmsArguments.load(new LoadRequest("m", "x", Duration.ofMinutes(1), 1, "0.5", 1, "a/m.gguf")));

        assertThat(LmsCommandMatcher.isOurs(line)).isTrue();
        assertThat(LmsCommandMatcher.isLoadBy(LMS, line)).isTrue();
        assertThat(LmsCommandMatcher.isLoadBy("/other/lms", line)).isFalse();
    }

    @Test
    void shortestLoadsAreRecognised() throws Exception {
        List<String> byKey = new ArrayList<>(List.of(LMS));
        byKey.addAll(LmsArguments.load(new LoadRequest("m", "x", Duration.ofMinutes(1), null, null, null, null)));
        List<String> byPath = new ArrayList<>(List.of(LMS));
        byPath.addAll(
                LmsArguments.load(new LoadRequest("m", "x", Duration.ofMinutes(1), null, null, null, "a/m.gguf")));

        assertThat(List.of(byKey, byPath))
                .allMatch(LmsCommandMatcher::isOurs)
                .allMatch(line -> LmsCommandMatcher.isLoadBy(LMS, line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lms unload x",
                "lms get a/b --yes",
                "lms ps --json",
                "lms ls --json",
                "lms version --json",
                "/bin/sh /w/lms server status --json",
                "lms server start --port=1234 --bind=127.0.0.1"
            })
    void otherCallsOfTheAdapterAreRecognised(String line) {
        assertThat(LmsCommandMatcher.isOurs(words(line))).isTrue();
        assertThat(LmsCommandMatcher.isLoadBy("lms", words(line))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lms",
                "llmster serve",
                "lms load m --yes",
                "lms load",
                "lms load --exact a/m.gguf",
                "lms load --exact a/m.gguf --local --yes",
                "lms load --exact a/m.gguf --yes --local --identifier=x --ttl=60",
                "lms load --exact --local --yes --identifier=x --ttl=60",
                "lms load m --yes --local --identifier=x --gpu=max",
                "lms load m --yes --local --gpu=max --ttl=60",
                "lms unload",
                "lms log stream",
                "lms version",
                "lms server start",
                "lms server start --port=1234"
            })
    void othersAreNot(String line) {
        assertThat(LmsCommandMatcher.isOurs(words(line))).isFalse();
    }

    private static List<String> words(String line) {
        return Arrays.asList(line.split(" ", -1));
    }
}
