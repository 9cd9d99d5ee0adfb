package dev.lmstudiooperator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Tests the reference page and the names of metrics. */
class MetricsReferenceTest {

    private static final Path PAGE = Path.of("docs", "metrics.md");
    private static final Path GENERATED = Path.of("target", "metrics.md");

    @Test
    void pageDescribesEveryMetricAsDeclared() throws IOException {
        Files.writeString(GENERATED, MetricsReference.page());

        assertThat(PAGE)
                .as("%s is generated: cp %s %s".formatted(PAGE, GENERATED, PAGE))
                .content()
                .isEqualTo(MetricsReference.page());
    }

    @Test
    void namesFollowTheConventionsOfPrometheus() {
        assertThat(Metric.all()).allSatisfy(metric -> {
            assertThat(metric.exposedName()).matches("lms_[a-z]+(_[a-z]+)*");
            assertThat(metric.exposedName().endsWith("_total"))
                    .as(metric.exposedName())
                    .isEqualTo(metric.type().equals(Metric.COUNTER));
            assertThat(metric.help()).isNotBlank().doesNotEndWith(".");
        });
        assertThat(Metric.all()).extracting(Metric::exposedName).doesNotHaveDuplicates();
    }
}
