package dev.lmstudiooperator.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks the alert rules with promtool. {@link AlertRulesTest} checks that each alert has a positive and a negative
 * test.
 */
class AlertRulesIT {

    private static final PrometheusBinaries BINARIES = PrometheusBinaries.install();

    @Test
    void theRulesAreSound() throws Exception {
        assertThat(promtool("check", "rules", "rules.yml"))
                .endsWith("SUCCESS: %d rules found"
                        .formatted(Monitoring.rules("alert").size()
                                + Monitoring.rules("record").size()));
    }

    @Test
    void theConfigurationIsSound() throws Exception {
        assertThat(promtool("check", "config", "prometheus.yml")).contains("SUCCESS");
    }

    @Test
    void everyAlertFiresExactlyWhenItsTestsExpectIt() throws Exception {
        assertThat(promtool("test", "rules", "tests.yml")).endsWith("SUCCESS");
    }

    /** Runs promtool and returns its output. The run must succeed. */
    private static String promtool(String... arguments) throws IOException, InterruptedException {
        Process promtool = new ProcessBuilder(Stream.concat(Stream.of(BINARIES.promtool()), Stream.of(arguments))
                        .toList())
                .directory(Monitoring.PROMETHEUS.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes(), UTF_8).strip();
        assertThat(promtool.waitFor()).as("%s\n%s", List.of(arguments), output).isZero();
        return output;
    }
}
