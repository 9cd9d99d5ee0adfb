package dev.lmstudiooperator.releases;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the current CRDs against those of every release that users can upgrade from. */
class ReleaseTest {

    @ParameterizedTest
    @MethodSource("recordedTypes")
    void whoeverUsesARecordedTypeCanUseTodays(Path recorded) {
        Path today = Path.of("crds", String.valueOf(recorded.getFileName()));

        assertThat(today).exists();
        assertThat(Compatibility.breaches(Release.type(recorded), Release.type(today)))
                .as("breaking changes since " + recorded)
                .isEmpty();
    }

    static Stream<Path> recordedTypes() {
        return Release.all().stream().map(Release::types).flatMap(List::stream);
    }
}
