package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The system under measurement: a controller, and one agent with the poll interval and the Lease duration of a cluster.
 * LM Studio has unlimited memory and no linked devices, and loads without delay.
 */
final class Testbed implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);

    static final double POLL_INTERVAL_MILLIS = POLL_INTERVAL.toMillis();

    /** The periods of an agent in a cluster. Tests use shorter ones. */
    static final Map<String, String> AS_IN_A_CLUSTER =
            Map.of("LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL", "2s", "LMSTUDIO_OPERATOR_LEASE_DURATION", "40s");

    private static final String NODE = "measured";

    /** With a linked device, a load takes another call of {@code lms}. */
    private static final List<String> MODELS_OF_LINKED_DEVICES = List.of("remote-big-120b", "shared-14b");

    private final Cluster cluster;
    private final AgentFixture machine;

    private Testbed(Cluster cluster, AgentFixture machine) {
        this.cluster = cluster;
        this.machine = machine;
    }

    static Testbed start(ControlPlane controlPlane, TestNamespace namespace, Path folder) {
        return start(controlPlane, namespace, folder, Map.of());
    }

    /** Starts a testbed with additional configuration of the agent. */
    static Testbed start(
            ControlPlane controlPlane, TestNamespace namespace, Path folder, Map<String, String> configuration) {
        Cluster cluster = Cluster.on(controlPlane, namespace.name(), folder);
        cluster.addController();
        Map<String, String> all = new HashMap<>(AS_IN_A_CLUSTER);
        all.putAll(configuration);
        Testbed testbed = new Testbed(cluster, cluster.addMachine(NODE, all));
        testbed.lmStudio().set("memoryBytes", 0);
        testbed.lmStudio().setLoadTime(Duration.ZERO);
        MODELS_OF_LINKED_DEVICES.forEach(testbed.lmStudio()::removeModel);
        cluster.awaitReady();
        return testbed;
    }

    Cluster cluster() {
        return cluster;
    }

    AppliedModels models() {
        return cluster.models();
    }

    AgentFixture machine() {
        return machine;
    }

    OperatorProcess agent() {
        return machine.agent();
    }

    SimulatorProcess lmStudio() {
        return machine.lmStudio();
    }

    /** Returns the number of calls of {@code lms} so far. */
    int calls() {
        return lmStudio().journal().calls().size();
    }

    void awaitAllReady() {
        eventually(
                "every ManagedModel is ready",
                PATIENCE,
                () -> models().all().stream()
                        .filter(model -> !"True".equals(AppliedModels.condition(model, "Ready")))
                        .count(),
                waiting -> waiting == 0);
    }

    @Override
    public void close() {
        models().deleteAll();
        cluster.close();
    }
}
