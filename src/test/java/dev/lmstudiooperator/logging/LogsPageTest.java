package dev.lmstudiooperator.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.config.OperatorConfig.LogLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that docs/logs.md is complete. */
class LogsPageTest {

    private static final Pattern FIRST_CELL = Pattern.compile("\\| `([a-z_]+)` \\|.*");

    @Test
    void everyFieldIsExplainedInItsOrderAndNoneThatDoesNotExist() throws IOException {
        assertThat(rowsOf("| field | type | meaning |"))
                .containsExactlyElementsOf(
                        Arrays.stream(LogField.values()).map(LogField::key).toList());
    }

    @Test
    void everyLevelIsExplained() throws IOException {
        assertThat(rowsOf("| level | content |"))
                .containsExactlyElementsOf(Arrays.stream(LogLevel.values())
                        .map(level -> level.name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    private static List<String> rowsOf(String head) throws IOException {
        return Files.readAllLines(Path.of("docs", "logs.md")).stream()
                .dropWhile(line -> !line.equals(head))
                .skip(2)
                .map(FIRST_CELL::matcher)
                .takeWhile(row -> row.matches())
                .map(row -> row.group(1))
                .toList();
    }
}
