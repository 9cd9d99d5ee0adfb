package dev.lmstudiooperator.metrics;

import java.util.List;
import java.util.stream.Collectors;

/** Generates the reference page of all metrics. */
final class MetricsReference {

    private static final String HEAD = """
            # Metrics

            This page is generated from `metrics/Metric.java`; a test compares them. Every process of the operator serves its metrics at
            `/q/metrics`.

            - A histogram has the series `NAME_bucket`, `NAME_sum` and `NAME_count`, and a gauge `NAME_max` of the last few minutes.
            - Counters of a model start with zero when a ManagedModel of the node first uses it, so that the first event is an increase.
              The series disappear when no ManagedModel of the node uses the model.
            - Gauges are read during a scrape. An unknown value has no sample.
            - A scrape calls neither LM Studio nor the API server.

            """;

    private static final String TAIL = """

            ## Metrics of the frameworks

            The operator framework counts reconciliations by the label `controller_name`, which is `agent`, `controller-managedmodels` or
            `controller-lmstudionodes`: `reconciliations_started_total`, `reconciliations_success_total`,
            `reconciliations_execution_duration_seconds`, `reconciliations_active`, `reconciliations_queue`, `custom_resources` and
            `events_received_total`. After the first failure there are also `reconciliations_failure_total` and
            `reconciliations_retries_total`. Quarkus reports the JVM (`jvm_…`), the process (`process_…`, `system_…`), HTTP
            (`http_server_…`), and retries and circuit breaker for `lms` (`ft_…`).
            """;

    private MetricsReference() {}

    static String page() {
        return HEAD + Metric.all().stream().map(MetricsReference::section).collect(Collectors.joining("\n")) + TAIL;
    }

    private static String section(Metric metric) {
        return """
                ## `%s`

                %s.

                - type: %s
                - unit: %s
                - reported by: %s
                %s""".formatted(
                        metric.exposedName(),
                        metric.help(),
                        metric.type().name(),
                        unit(metric),
                        metric.emitter().spoken(),
                        labels(metric) + buckets(metric));
    }

    private static String unit(Metric metric) {
        return metric.exposedName().contains("_seconds") ? "seconds" : "none";
    }

    private static String labels(Metric metric) {
        return metric.labels().stream()
                .map(label -> "- label `%s`: %s\n".formatted(label.name(), values(label)))
                .collect(Collectors.joining());
    }

    private static String values(Label label) {
        return label.values().isEmpty()
                ? label.meaning()
                : label.values().stream().map("`%s`"::formatted).collect(Collectors.joining(", "));
    }

    private static String buckets(Metric metric) {
        List<Double> buckets = metric.type().buckets();
        return buckets.isEmpty()
                ? ""
                : "- buckets: %s\n"
                        .formatted(
                                buckets.stream().map(MetricsReference::number).collect(Collectors.joining(", ")));
    }

    private static String number(double bucket) {
        return bucket == Math.rint(bucket) ? String.valueOf((long) bucket) : String.valueOf(bucket);
    }
}
