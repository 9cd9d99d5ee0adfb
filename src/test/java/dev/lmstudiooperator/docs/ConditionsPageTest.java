package dev.lmstudiooperator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that docs/conditions.md is complete. */
class ConditionsPageTest {

    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    @Test
    void everyReasonIsExplainedAndNoneThatDoesNotExist() {
        assertThat(explained("| reason | meaning | what to do |"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Reason.values()).map(Reason::text).toList());
    }

    @Test
    void everyConditionIsExplainedAndNoneThatDoesNotExist() {
        assertThat(explained("| condition | `True` means | `False` means | `Unknown` means |"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ConditionType.values())
                        .map(ConditionType::text)
                        .toList());
    }

    private static List<String> explained(String head) {
        return Page.read(Path.of("docs", "conditions.md")).rows(head).stream()
                .map(row -> row.split("\\|", -1)[1])
                .flatMap(cell -> QUOTED.matcher(cell).results())
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
