package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import dev.lmstudiooperator.metrics.Meters.Sample;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of an agent. Label values come from resources and from closed sets; only labels of loaded instances come from LM
 * Studio. Those values are sanitized and bounded, their number is at most the number of instances, and their series
 * disappear with the instances.
 */
@ApplicationScoped
public class AgentMetrics {

    private static final String SUCCESS = "success";
    private static final String FAILURE = "failure";

    /** LM Studio does not limit the length of identifiers. */
    private static final int LONGEST_LABEL_VALUE = 256;

    private final Meters meters;
    private final Set<String> modelNames = ConcurrentHashMap.newKeySet();

    /** Result of a write to the API server. */
    enum WriteResult {
        SUCCESS,
        CONFLICT,
        FAILURE;

        static WriteResult of(RuntimeException thrown) {
            return thrown instanceof KubernetesClientException refused
                            && refused.getCode() == HttpURLConnection.HTTP_CONFLICT
                    ? CONFLICT
                    : FAILURE;
        }
    }

    /** Result of a convergence. */
    enum ConvergenceResult {
        /** The model is served. */
        READY,
        /** The model requires manual intervention or an external change. */
        STALLED,
        /** A temporary model has expired. */
        EXPIRED,
        /** The ManagedModel was suspended before it converged. */
        SUSPENDED;

        /** Empty if the convergence is still in progress, or if there was none. */
        static Optional<ConvergenceResult> between(ManagedModelStatus before, ManagedModelStatus after) {
            return isUnderWay(before.convergence()) && !isUnderWay(after.convergence())
                    ? Optional.of(of(after))
                    : Optional.empty();
        }

        private static boolean isUnderWay(@Nullable ConvergenceStatus convergence) {
            return convergence != null && convergence.durationMillis() == null;
        }

        private static ConvergenceResult of(ManagedModelStatus status) {
            List<Condition> conditions = status.conditions();
            if (StatusConditions.isTrue(conditions, ConditionType.STALLED)) {
                return STALLED;
            }
            if (!StatusConditions.isTrue(conditions, ConditionType.READY)) {
                return SUSPENDED;
            }
            return StatusConditions.hasReason(conditions, Reason.EXPIRED.text()) ? EXPIRED : READY;
        }
    }

    AgentMetrics(Meters meters) {
        this.meters = meters;
        for (WriteResult result : WriteResult.values()) {
            meters.counter(Metric.STATUS_WRITES, Label.value(result));
        }
        meters.counter(Metric.READS_DELAYED);
    }

    public void loadEnded(String modelName, boolean hasSucceeded, Duration duration) {
        modelNames.add(modelName);
        meters.counter(Metric.LOAD_ATTEMPTS, modelName, hasSucceeded ? SUCCESS : FAILURE)
                .increment();
        meters.timer(Metric.LOAD_DURATION, modelName).record(duration);
    }

    public void verified(String modelName, VerificationResult result, Duration duration) {
        modelNames.add(modelName);
        meters.counter(Metric.VERIFICATION_ATTEMPTS, modelName, Label.value(result))
                .increment();
        meters.timer(Metric.VERIFICATION_DURATION, modelName).record(duration);
    }

    /**
     * Records one run of {@code lms}.
     *
     * @param failure null if the run succeeded
     */
    public void executed(Operation operation, Duration duration, @Nullable LmStudioFailure failure) {
        meters.counter(Metric.CLI_EXECUTIONS, Label.value(operation), result(failure))
                .increment();
        meters.timer(Metric.CLI_DURATION, Label.value(operation)).record(duration);
    }

    public void readDelayed() {
        meters.counter(Metric.READS_DELAYED).increment();
    }

    private static String result(@Nullable LmStudioFailure failure) {
        return switch (failure) {
            case null -> SUCCESS;
            case InfrastructureFailure infrastructure -> Label.value(infrastructure.kind());
            case DomainFailure domain -> Label.value(domain.kind());
        };
    }

    /** Executes a write and counts its result. */
    public <T> T countWrite(Supplier<T> write) {
        try {
            T written = write.get();
            meters.counter(Metric.STATUS_WRITES, Label.value(WriteResult.SUCCESS))
                    .increment();
            return written;
        } catch (RuntimeException e) {
            meters.counter(Metric.STATUS_WRITES, Label.value(WriteResult.of(e))).increment();
            throw e;
        }
    }

    /** Counts evictions and completed convergences that this status write adds. */
    public void statusWritten(String modelName, ManagedModelStatus before, ManagedModelStatus after) {
        int evictions =
                Objects.requireNonNullElse(after.evictions(), 0) - Objects.requireNonNullElse(before.evictions(), 0);
        if (evictions > 0) {
            modelNames.add(modelName);
            meters.counter(Metric.MODEL_EVICTIONS, modelName).increment(evictions);
        }
        ConvergenceStatus convergence = after.convergence();
        if (convergence != null) {
            ConvergenceResult.between(before, after).ifPresent(end -> ended(convergence, end));
        }
    }

    private void ended(ConvergenceStatus convergence, ConvergenceResult end) {
        meters.timer(Metric.AUTONOMOUS_TASK_DURATION, Label.value(end))
                .record(Duration.ofMillis(Objects.requireNonNullElse(convergence.durationMillis(), 0L)));
        meters.summary(Metric.AUTONOMOUS_TASK_ROUNDS, Label.value(end))
                .record(Objects.requireNonNullElse(convergence.rounds(), 0));
    }

    /**
     * Creates the series of these models and removes all others. A series starts at zero, so that the first event counts as
     * an increase.
     *
     * @param named the model names of all ManagedModels on this node
     */
    public void keepOnly(Set<String> named) {
        named.stream().filter(modelNames::add).forEach(this::begin);
        Set<String> unnamed = new HashSet<>(modelNames);
        unnamed.removeAll(named);
        modelNames.removeAll(unnamed);
        unnamed.forEach(name -> meters.remove(Label.MODEL_NAME, name));
    }

    private void begin(String modelName) {
        meters.counter(Metric.LOAD_ATTEMPTS, modelName, SUCCESS);
        meters.counter(Metric.LOAD_ATTEMPTS, modelName, FAILURE);
        for (VerificationResult result : VerificationResult.values()) {
            meters.counter(Metric.VERIFICATION_ATTEMPTS, modelName, Label.value(result));
        }
        meters.counter(Metric.MODEL_EVICTIONS, modelName);
        meters.timer(Metric.LOAD_DURATION, modelName);
        meters.timer(Metric.VERIFICATION_DURATION, modelName);
    }

    /** Each scrape evaluates the suppliers. An unknown value is empty and has no sample. */
    public void instances(
            Supplier<OptionalInt> active, Supplier<OptionalInt> unmanaged, Supplier<OptionalInt> duplicates) {
        instances(Metric.ACTIVE_MODELS, active);
        instances(Metric.UNMANAGED_INSTANCES, unmanaged);
        instances(Metric.DUPLICATE_INSTANCES, duplicates);
    }

    private void instances(Metric metric, Supplier<OptionalInt> count) {
        meters.gauge(metric, () -> count.get().stream().mapToObj(Sample::of));
    }

    /** Each local instance of the last resync. Each scrape evaluates the supplier. */
    public void instanceActivity(Supplier<Observation> current) {
        instanceActivity(Metric.INSTANCE_QUEUED_REQUESTS, current, Instance::queued);
        instanceActivity(Metric.INSTANCE_BUSY, current, instance -> instance.isBusy() ? 1 : 0);
    }

    private void instanceActivity(Metric metric, Supplier<Observation> current, ToIntFunction<Instance> value) {
        meters.gauge(metric, () -> current.get().localInstances().stream()
                .map(instance -> Sample.of(
                        value.applyAsInt(instance), label(instance.identifier()), label(instance.modelKey()))));
    }

    private static String label(String text) {
        return TextSanitizer.clean(text, LONGEST_LABEL_VALUE);
    }

    public void lastPoll(Supplier<Optional<Instant>> time) {
        meters.gauge(Metric.LAST_POLL_TIMESTAMP, () -> time.get().stream()
                .map(instant -> Sample.of(instant.toEpochMilli() / 1000.0)));
    }

    public void circuitBreaker(Supplier<CircuitBreakerState> state) {
        meters.gauge(Metric.CIRCUIT_BREAKER_STATE, () -> {
            int value =
                    switch (state.get()) {
                        case CLOSED -> 0;
                        case OPEN -> 1;
                        case HALF_OPEN -> 2;
                    };
            return Metric.CIRCUIT_BREAKER_STATE.labels().getFirst().values().stream()
                    .map(operation -> Sample.of(value, operation));
        });
    }

    /**
     * The conditions, and the metrics that follow from their reasons. Each scrape evaluates the supplier.
     *
     * @param ofThisNode the ManagedModels whose status this agent writes
     */
    public void conditions(Supplier<Stream<ManagedModel>> ofThisNode) {
        meters.gauge(Metric.MANAGED_MODEL_CONDITION, () -> ofThisNode.get().flatMap(ConditionSamples::of));
        meters.gauge(Metric.MODEL_STUCK, () -> ofThisNode.get().flatMap(ConditionSamples::stuck));
    }
}
