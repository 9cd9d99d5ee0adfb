package dev.lmstudiooperator.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmstudiooperator.metrics.Metric;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that rules and dashboards query existing metrics only. */
class QueriesTest {

    /** Metrics of the Java Operator SDK, of Micrometer's binders, and of Prometheus itself. */
    private static final Set<String> TOLD_BY_OTHERS = Set.of(
            "reconciliations_success_total",
            "reconciliations_failure_total",
            "reconciliations_execution_duration_seconds_sum",
            "reconciliations_execution_duration_seconds_count",
            "jvm_memory_used_bytes",
            "jvm_threads_live_threads",
            "process_cpu_usage",
            "system_cpu_count",
            "up",
            "ALERTS");

    @Test
    void everyMetricInARuleIsExported() {
        assertThat(inRules()).isSubsetOf(reported());
    }

    @Test
    void everyMetricInADashboardIsExported() {
        assertThat(inDashboards()).isSubsetOf(reported());
    }

    @Test
    void everyRecordIsAskedFor() {
        assertThat(records()).isSubsetOf(union(inRules(), inDashboards()));
    }

    @Test
    void metricsOfOthersAreQueried() {
        assertThat(TOLD_BY_OTHERS).isSubsetOf(union(inRules(), inDashboards()));
    }

    private static Set<String> reported() {
        Set<String> reported = new TreeSet<>(TOLD_BY_OTHERS);
        reported.addAll(records());
        for (Metric metric : Metric.all()) {
            seriesOf(metric).forEach(reported::add);
        }
        return reported;
    }

    private static Stream<String> seriesOf(Metric metric) {
        String name = metric.exposedName();
        return metric.type().buckets().isEmpty()
                ? Stream.of(name)
                : Stream.of(name + "_bucket", name + "_sum", name + "_count");
    }

    private static List<String> records() {
        return Monitoring.rules("record").stream()
                .map(rule -> rule.path("record").asText())
                .toList();
    }

    private static Set<String> inRules() {
        return Stream.of("alert", "record")
                .flatMap(kind -> Monitoring.rules(kind).stream())
                .map((JsonNode rule) -> rule.path("expr").asText())
                .flatMap(query -> MetricSelectors.in(query).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> inDashboards() {
        return Monitoring.dashboards().stream()
                .flatMap(dashboard -> dashboard.queries().stream())
                .flatMap(query -> MetricSelectors.in(query.expression()).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        return Stream.of(some, others).flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
    }
}
