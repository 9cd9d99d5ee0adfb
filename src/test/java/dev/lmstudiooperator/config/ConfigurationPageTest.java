package dev.lmstudiooperator.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.docs.Page;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that docs/configuration.md is complete. */
class ConfigurationPageTest {

    private static final Pattern NAME = Pattern.compile("\\| `([^`<]+?)(\\.<key>)?` .*");

    private final List<String> rows =
            Page.read(Path.of("docs", "configuration.md")).rows("| property | default | bounds | meaning |");

    @Test
    void everyPropertyIsExplainedAndNoneThatDoesNotExist() {
        assertThat(rows.stream().map(row -> NAME.matcher(row).replaceFirst("$1")))
                .containsExactlyInAnyOrderElementsOf(
                        ConfigProperty.all().stream().map(ConfigProperty::name).toList());
    }

    /** Except for defaults that depend on the machine. */
    @Test
    void pageListsTheActualDefaults() {
        assertThat(ConfigProperty.all())
                .filteredOn(setting -> setting.defaultValue() != null
                        && !setting.defaultValue().contains("${"))
                .hasSizeGreaterThan(20)
                .allSatisfy(setting -> assertThat(rows)
                        .anyMatch(row ->
                                row.startsWith("| `%s` | `%s` |".formatted(setting.name(), setting.defaultValue()))));
    }
}
