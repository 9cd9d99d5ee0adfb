package dev.lmstudiooperator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Registers counters, histograms and gauges as {@link Metric} describes them.
 *
 * <p>Each scrape reads the values of the gauges, so that no stored value can become stale. An unknown value has no sample. A
 * gauge of Micrometer could only be NaN, which invalidates every sum. The series of a resource disappear with the resource.
 *
 * <p>The class uses the Prometheus registry explicitly. The composite registry is empty during startup and would lose
 * counts.
 */
@Singleton
@SuppressWarnings("deprecation") // Quarkus registers this Prometheus registry, not its successor.
final class Meters extends Collector implements Collector.Describable {

    private final PrometheusMeterRegistry registry;
    private final Map<Metric, List<Supplier<Stream<Sample>>>> gauges = new ConcurrentHashMap<>();

    /** The value of one series of a gauge. */
    record Sample(double value, List<String> labelValues) {

        static Sample of(double value, String... labelValues) {
            return new Sample(value, List.of(labelValues));
        }
    }

    Meters(PrometheusMeterRegistry registry) {
        this.registry = registry;
        registry.getPrometheusRegistry().register(this);
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

    /** Adds a source of samples. The returned action removes it. */
    Runnable gauge(Metric metric, Supplier<Stream<Sample>> source) {
        List<Supplier<Stream<Sample>>> ofMetric = gauges.computeIfAbsent(metric, key -> new CopyOnWriteArrayList<>());
        ofMetric.add(source);
        return () -> ofMetric.remove(source);
    }

    /** Removes all counters and histograms with this label value. */
    void remove(Label label, String value) {
        Metric.all().stream()
                .filter(metric -> metric.labels().contains(label))
                .flatMap(metric -> registry.find(metric.exposedName()).tag(label.name(), value).meters().stream())
                .forEach(registry::remove);
    }

    @Override
    public List<MetricFamilySamples> collect() {
        return Metric.all().stream()
                .filter(gauges::containsKey)
                .map(this::family)
                .filter(family -> !family.samples.isEmpty())
                .toList();
    }

    /** A process that is agent and controller can have two sources for the same series. The first one takes precedence. */
    private MetricFamilySamples family(Metric metric) {
        GaugeMetricFamily family = emptyFamily(metric);
        Set<List<String>> reported = new HashSet<>();
        gauges.getOrDefault(metric, List.of()).stream()
                .flatMap(Supplier::get)
                .filter(sample -> reported.add(sample.labelValues()))
                .forEach(sample -> family.addMetric(sample.labelValues(), sample.value()));
        return family;
    }

    @Override
    public List<MetricFamilySamples> describe() {
        return Metric.all().stream()
                .filter(metric -> metric.type().equals(Metric.GAUGE))
                .<MetricFamilySamples>map(Meters::emptyFamily)
                .toList();
    }

    private static GaugeMetricFamily emptyFamily(Metric metric) {
        return new GaugeMetricFamily(metric.exposedName(), metric.help(), metric.labelNames());
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
