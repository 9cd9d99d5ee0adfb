package dev.lmstudiooperator.observability;

import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What an agent counts. Label values come from resources, never from what LM Studio says.
 *
 * <p>The Prometheus registry is named on purpose: the composite one is still empty while the application starts, and
 * would lose what is counted then.
 */
@ApplicationScoped
@SuppressWarnings("deprecation") // Quarkus registers this Prometheus registry, not its successor.
public class AgentMetrics {

    private static final Duration[] LOAD_BUCKETS = {
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(2),
        Duration.ofMinutes(5),
        Duration.ofMinutes(10),
        Duration.ofMinutes(20)
    };

    private final PrometheusMeterRegistry registry;

    AgentMetrics(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    public void loadEnded(String modelKey, boolean hasSucceeded, Duration duration) {
        registry.counter(
                        MetricNames.LOAD_ATTEMPTS,
                        Tags.of("model_name", modelKey, "result", hasSucceeded ? "success" : "failure"))
                .increment();
        Timer.builder(MetricNames.LOAD_DURATION)
                .description("How long a load took, failed ones included")
                .tag("model_name", modelKey)
                .serviceLevelObjectives(LOAD_BUCKETS)
                .register(registry)
                .record(duration);
    }

    public void verified(String modelKey, VerificationResult result) {
        registry.counter(
                        MetricNames.VERIFICATION_ATTEMPTS,
                        Tags.of("model_name", modelKey, "result", result.name().toLowerCase(Locale.ROOT)))
                .increment();
    }

    /** How many instances this LM Studio has in memory, foreign ones included. */
    public void activeModels(Supplier<Number> count) {
        Gauge.builder(MetricNames.ACTIVE_MODELS, count)
                .description("Instances in memory on this node, foreign ones included")
                .register(registry);
    }

    /** When LM Studio was last looked at, in seconds since the epoch. */
    public void lastPoll(Supplier<Number> time) {
        Gauge.builder(MetricNames.LAST_POLL_TIMESTAMP, time)
                .description("When the last round of looking at LM Studio ended")
                .register(registry);
    }
}
