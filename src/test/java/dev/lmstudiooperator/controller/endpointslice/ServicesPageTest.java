package dev.lmstudiooperator.controller.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.docs.Page;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Tests that docs/services.md is complete. */
class ServicesPageTest {

    @Test
    void everyProblemIsExplainedAndNoneThatDoesNotExist() {
        assertThat(Page.read(Path.of("docs", "services.md")).rows("| reason | meaning | what to do |"))
                .extracting(row -> row.split("`", -1)[1])
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ServiceProblem.Kind.values())
                        .map(ServiceProblem.Kind::reason)
                        .toList());
    }
}
