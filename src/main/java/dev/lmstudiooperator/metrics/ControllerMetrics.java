package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.metrics.Meters.Sample;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Metrics of a controller. Every controller reports whether it leads; only the leader reports the state of the cluster. */
@ApplicationScoped
public class ControllerMetrics {

    private final Meters meters;

    ControllerMetrics(Meters meters) {
        this.meters = meters;
    }

    /** State of the cluster as the leader observes it. Each scrape evaluates it. */
    public interface Knowledge {

        /** The ManagedModels without a live agent. */
        Stream<ManagedModel> unspokenFor();

        int unboundModels();

        /** The names of all LMStudioNodes. */
        Stream<String> nodeNames();

        /** Whether the agent of this node has a current heartbeat. */
        boolean isApiServerReachable(String node);
    }

    public void leader(BooleanSupplier isLeading) {
        meters.gauge(Metric.CONTROLLER_LEADER, () -> Stream.of(Sample.of(isLeading.getAsBoolean() ? 1 : 0)));
    }

    /** Adds the metrics of the leader. The returned action removes them. */
    public Runnable leading(Knowledge known) {
        List<Runnable> ends = List.of(
                meters.gauge(Metric.MANAGED_MODEL_CONDITION, () -> known.unspokenFor()
                        .flatMap(ConditionSamples::of)),
                meters.gauge(Metric.UNSCHEDULED_MODELS, () -> Stream.of(Sample.of(known.unboundModels()))),
                meters.gauge(Metric.NODE_AGENT_UP, () -> known.nodeNames()
                        .map(node -> Sample.of(known.isApiServerReachable(node) ? 1 : 0, node))));
        return () -> ends.forEach(Runnable::run);
    }
}
