package dev.lmstudiooperator.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.CollectorRegistry;
import java.util.List;

/** A registry, and its scraped output. */
@SuppressWarnings("deprecation") // Quarkus registers this Prometheus registry, not its successor.
final class Scrape {

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new CollectorRegistry(true), Clock.SYSTEM);

    final Meters meters = new Meters(registry);

    /** The samples whose name begins with this text, as {@code name{label="value",} 1.0}. */
    List<String> of(String name) {
        return registry.scrape().lines().filter(line -> line.startsWith(name)).toList();
    }

    /** The help and type lines of a metric. */
    List<String> descriptionOf(String name) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith("# HELP " + name + " ") || line.startsWith("# TYPE " + name + " "))
                .toList();
    }
}
