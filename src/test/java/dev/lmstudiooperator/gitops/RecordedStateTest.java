package dev.lmstudiooperator.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests how GitOps tools interpret the statuses that the operator writes. */
class RecordedStateTest {

    @ParameterizedTest
    @MethodSource("states")
    void argoCdComputesTheExpectedHealth(RecordedState state) {
        assertThat(ArgoHealth.of(state.object())).isEqualTo(state.argoHealth());
    }

    @ParameterizedTest
    @MethodSource("states")
    void fluxConcludesTheSameByKstatusAlone(RecordedState state) {
        assertThat(Kstatus.of(state.object())).isEqualTo(state.kstatus());
    }

    @Test
    void everyRecordedStateIsJudged() throws IOException {
        try (Stream<Path> files = Files.walk(ArgoHealth.SCRIPTS)) {
            assertThat(states())
                    .extracting(RecordedState::file)
                    .containsExactlyInAnyOrderElementsOf(
                            files.filter(file -> file.toString().contains("/testdata/"))
                                    .toList());
        }
    }

    static List<RecordedState> states() {
        return RecordedState.all();
    }
}
