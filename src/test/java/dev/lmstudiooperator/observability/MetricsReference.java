package dev.lmstudiooperator.observability;

import java.util.List;
import java.util.stream.Collectors;

/** The page that tells people of every metric. */
final class MetricsReference {

    private static final String HEAD = """
            # Metrics

            Generated from `observability/Metric.java`; a test compares. Every process of the operator tells its metrics at `/q/metrics`.

            - A histogram has the series `NAME_bucket`, `NAME_sum` and `NAME_count`, and a gauge `NAME_max` of the last few minutes.
            - Counters of a model begin with zero when a ManagedModel of the node first names it, so that the first of anything is seen as
              an increase. When no ManagedModel of the node names it any more, its series disappear.
            - Gauges are read when somebody scrapes. What nobody knows has no sample.
            - A scrape asks neither LM Studio nor the API server.

            """;

    private static final String TAIL = """

            ## Beside these

            The operator framework counts reconciles by the label `controller_name`, which is `agent`, `controller-managedmodels` or
            `controller-lmstudionodes`: `reconciliations_started_total`, `reconciliations_success_total`,
            `reconciliations_execution_duration_seconds`, `reconciliations_active`, `reconciliations_queue`, `custom_resources`,
            `events_received_total`; and from the first one on `reconciliations_failure_total` and `reconciliations_retries_total`. Quarkus tells of
            the JVM (`jvm_…`), the process (`process_…`, `system_…`), HTTP (`http_server_…`) and the guard around `lms` (`ft_…`).
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
