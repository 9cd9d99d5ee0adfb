package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which processes are recognized as started by an agent that has ended. */
class LmsEnvironmentTest {

    @Test
    void markNamesThisProcess() {
        assertThat(LmsEnvironment.thisAgent())
                .matches("agent:%d:[0-9]+".formatted(ProcessHandle.current().pid()));
    }

    @Test
    void markOfAnotherStartIsOfAnEndedAgent() {
        String reused = "agent:%d:1".formatted(ProcessHandle.current().pid());

        assertThat(LmsEnvironment.isOfAnEndedAgent(reused)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "agent", "agent:1", "agent:one:1", "agent:1:one", "other:1:1"})
    void otherTextsAreNoMarks(String text) {
        assertThat(LmsEnvironment.isOfAnEndedAgent(text)).isFalse();
    }
}
