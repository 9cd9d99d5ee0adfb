package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.metrics.GaugeCollector.Sample;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What a controller tells: all the time, whether it leads; while it does, what only it knows. */
@ApplicationScoped
public class ControllerMetrics {

    private final GaugeCollector gauges;

    ControllerMetrics(GaugeCollector gauges) {
        this.gauges = gauges;
    }

    /** What the controller that leads knows of the cluster. It is asked when somebody scrapes. */
    public interface Knowledge {

        /** The ManagedModels that no live agent speaks for. */
        Stream<ManagedModel> unspokenFor();

        int unboundModels();

        /** The names of all LMStudioNodes. */
        Stream<String> nodeNames();

        /** Whether the agent of this node is heard. */
        boolean isHeard(String node);
    }

    public void leader(BooleanSupplier isLeading) {
        gauges.add(Metric.CONTROLLER_LEADER, () -> Stream.of(Sample.of(isLeading.getAsBoolean() ? 1 : 0)));
    }

    /** Told from now on, until the returned is run. */
    public Runnable leading(Knowledge known) {
        List<Runnable> ends = List.of(
                gauges.add(Metric.MANAGED_MODEL_CONDITION, () -> known.unspokenFor()
                        .flatMap(ConditionSamples::of)),
                gauges.add(Metric.UNSCHEDULED_MODELS, () -> Stream.of(Sample.of(known.unboundModels()))),
                gauges.add(Metric.NODE_AGENT_UP, () -> known.nodeNames()
                        .map(node -> Sample.of(known.isHeard(node) ? 1 : 0, node))));
        return () -> ends.forEach(Runnable::run);
    }
}
