package dev.lmstudiooperator.metrics;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Collects gauges whose values are read at each scrape, so that no stored value can become stale. An unknown value has no
 * sample. A gauge of Micrometer could only be NaN, which invalidates every sum. The series of a resource disappear with the
 * resource.
 */
@Singleton
final class GaugeCollector extends Collector implements Collector.Describable {

    private final Map<Metric, List<Supplier<Stream<Sample>>>> sources = new ConcurrentHashMap<>();

    /** The value of one series. */
    record Sample(double value, List<String> labelValues) {

        static Sample of(double value, String... labelValues) {
            return new Sample(value, List.of(labelValues));
        }
    }

    @SuppressWarnings("deprecation") // Quarkus registers this Prometheus registry, not its successor.
    GaugeCollector(PrometheusMeterRegistry registry) {
        registry.getPrometheusRegistry().register(this);
    }

    /** Adds a source of samples. The returned action removes it. */
    Runnable add(Metric metric, Supplier<Stream<Sample>> source) {
        List<Supplier<Stream<Sample>>> ofMetric = sources.computeIfAbsent(metric, key -> new CopyOnWriteArrayList<>());
        ofMetric.add(source);
        return () -> ofMetric.remove(source);
    }

    @Override
    public List<MetricFamilySamples> collect() {
        return Metric.all().stream()
                .filter(sources::containsKey)
                .map(this::family)
                .filter(family -> !family.samples.isEmpty())
                .toList();
    }

    /** A process that is agent and controller can have two sources for the same series. The first one takes precedence. */
    private MetricFamilySamples family(Metric metric) {
        GaugeMetricFamily family = emptyFamily(metric);
        Set<List<String>> reported = new HashSet<>();
        sources.getOrDefault(metric, List.of()).stream()
                .flatMap(Supplier::get)
                .filter(sample -> reported.add(sample.labelValues()))
                .forEach(sample -> family.addMetric(sample.labelValues(), sample.value()));
        return family;
    }

    @Override
    public List<MetricFamilySamples> describe() {
        return Metric.all().stream()
                .filter(metric -> metric.type().equals(Metric.GAUGE))
                .<MetricFamilySamples>map(GaugeCollector::emptyFamily)
                .toList();
    }

    private static GaugeMetricFamily emptyFamily(Metric metric) {
        return new GaugeMetricFamily(metric.exposedName(), metric.help(), metric.labelNames());
    }
}
