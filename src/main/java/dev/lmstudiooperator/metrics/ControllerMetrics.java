package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.metrics.Meters.Sample;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Metrics of a controller. Every controller reports whether it leads; only the leader reports the state of the cluster. */
@ApplicationScoped
public class ControllerMetrics {

    private final Meters meters;

    ControllerMetrics(Meters meters) {
        this.meters = meters;
    }

    public void leader(BooleanSupplier isLeading) {
        meters.gauge(Metric.CONTROLLER_LEADER, () -> Stream.of(Sample.of(isLeading.getAsBoolean() ? 1 : 0)));
    }

    /**
     * Adds the metrics of the leader. Each scrape evaluates the suppliers. The returned action removes the metrics.
     *
     * @param withoutAgent the ManagedModels without a live agent
     * @param unscheduled the number of ManagedModels without a node
     * @param nodeNames the names of all LMStudioNodes
     * @param isAlive whether the agent of a node has a heartbeat
     * @param sets all ManagedModelSets
     * @param services the Services that select ManagedModels
     */
    public Runnable leading(
            Supplier<Stream<ManagedModel>> withoutAgent,
            IntSupplier unscheduled,
            Supplier<Stream<String>> nodeNames,
            Predicate<String> isAlive,
            Supplier<Stream<ManagedModelSet>> sets,
            Supplier<Stream<ServiceEndpoints>> services) {
        List<Runnable> ends = List.of(
                meters.gauge(
                        Metric.MANAGED_MODEL_CONDITION, () -> withoutAgent.get().flatMap(ConditionSamples::of)),
                meters.gauge(Metric.UNSCHEDULED_MODELS, () -> Stream.of(Sample.of(unscheduled.getAsInt()))),
                meters.gauge(
                        Metric.NODE_AGENT_UP,
                        () -> nodeNames.get().map(node -> Sample.of(isAlive.test(node) ? 1 : 0, node))),
                meters.gauge(Metric.MANAGED_MODEL_SET_REPLICAS, () -> sets.get().flatMap(SetSamples::replicas)),
                meters.gauge(
                        Metric.MANAGED_MODEL_SET_CONDITION, () -> sets.get().flatMap(SetSamples::conditions)),
                meters.gauge(Metric.SERVICE_ENDPOINTS, () -> services.get().flatMap(ServiceEndpoints::samples)));
        return () -> ends.forEach(Runnable::run);
    }
}
