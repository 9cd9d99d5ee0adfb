package dev.lmstudiooperator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README promises to explain. */
class ReadmeTest {

    private static final String HEAD_OF_REASONS = "| reason | what it means | what to do |";
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    @Test
    void everyReasonIsExplainedAndNoneThatDoesNotExist() throws IOException {
        assertThat(explainedReasons())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Reason.values()).map(Reason::text).toList());
    }

    private static List<String> explainedReasons() throws IOException {
        return Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(line -> !line.equals(HEAD_OF_REASONS))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("\\|", -1)[1])
                .flatMap(cell -> QUOTED.matcher(cell).results())
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
