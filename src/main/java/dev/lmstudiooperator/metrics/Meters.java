package dev.lmstudiooperator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Registers counters and histograms as {@link Metric} describes them.
 *
 * <p>The class uses the Prometheus registry explicitly. The composite registry is empty during startup and would lose
 * counts.
 */
@Singleton
@SuppressWarnings("deprecation") // Quarkus registers this Prometheus registry, not its successor.
final class Meters {

    private final PrometheusMeterRegistry registry;

    Meters(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    Counter counter(Metric metric, String... labelValues) {
        return Counter.builder(metric.exposedName())
                .description(metric.help())
                .tags(tags(metric, labelValues))
                .register(registry);
    }

    Timer timer(Metric metric, String... labelValues) {
        return Timer.builder(metric.exposedName())
                .description(metric.help())
                .tags(tags(metric, labelValues))
                .serviceLevelObjectives(Arrays.stream(metric.buckets())
                        .mapToObj(seconds -> Duration.ofMillis(Math.round(seconds * 1000)))
                        .toArray(Duration[]::new))
                .register(registry);
    }

    DistributionSummary summary(Metric metric, String... labelValues) {
        return DistributionSummary.builder(metric.exposedName())
                .description(metric.help())
                .tags(tags(metric, labelValues))
                .serviceLevelObjectives(metric.buckets())
                .register(registry);
    }

    /** Removes all series with this label value. */
    void remove(Label label, String value) {
        Metric.all().stream()
                .filter(metric -> metric.labels().contains(label))
                .flatMap(metric -> registry.find(metric.exposedName()).tag(label.name(), value).meters().stream())
                .forEach(registry::remove);
    }

    private static List<Tag> tags(Metric metric, String... labelValues) {
        List<String> names = metric.labelNames();
        if (names.size() != labelValues.length) {
            throw new IllegalArgumentException("%s has the labels %s".formatted(metric.exposedName(), names));
        }
        return IntStream.range(0, labelValues.length)
                .mapToObj(i -> Tag.of(names.get(i), labelValues[i]))
                .toList();
    }
}
