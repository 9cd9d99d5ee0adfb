package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.benchmark.Clocked;
import dev.lmstudiooperator.benchmark.Figure;
import dev.lmstudiooperator.benchmark.QuietMachine;
import dev.lmstudiooperator.benchmark.Report;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.RetryOnConflict;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs one controller, one real agent and stand-ins for the agents of a large cluster on a real API server. The
 * benchmark only asserts that it completes, because figures depend on the machine.
 */
@QuietMachine
@WithControlPlane
class ClusterBenchmark {

    private static final int NODES = Integer.getInteger("nodes", 200);
    private static final int MODELS = Integer.getInteger("models", 5_000);
    private static final int APPLYING = 8;
    private static final Duration LEASE = Duration.ofSeconds(40);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration AT_REST = Duration.ofSeconds(60);

    private final Report report = new Report("A cluster of %d nodes with %d ManagedModels".formatted(NODES, MODELS));
    private final ControlPlane controlPlane;
    private final String namespace;

    ClusterBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
    }

    @Test
    void manyNodesAndManyModels(@TempDir Path folder) throws Exception {
        Map<String, Instant> boundAt = new ConcurrentHashMap<>();
        AtomicLong seenByOneAgent = new AtomicLong();
        try (Cluster cluster = Cluster.on(controlPlane, namespace, folder)) {
            OperatorProcess controller = cluster.addController().awaitReady();
            AgentFixture machine = cluster.addMachine("real", Map.of("LMSTUDIO_OPERATOR_LEASE_DURATION", "40s"));
            cluster.awaitReady();
            cordon(cluster, "real");
            List<FakeAgent> agents = IntStream.range(0, NODES)
                    .mapToObj(i -> FakeAgent.start(
                            cluster.admin(),
                            "gpu-%04d".formatted(i),
                            "models: [{key: qwen3-4b, sizeBytes: 2500000000}]",
                            LEASE))
                    .toList();
            Footprint controllerBefore = Footprint.of(controller.pid());
            Footprint agentBefore = Footprint.of(machine.agent().pid());
            cluster.admin()
                    .resources(ManagedModel.class)
                    .inAnyNamespace()
                    .withField("status.nodeName", "real")
                    .inform(counting(seenByOneAgent));
            try (SharedIndexInformer<ManagedModel> everything = cluster.admin()
                    .resources(ManagedModel.class)
                    .inNamespace(namespace)
                    .inform(noting(boundAt))) {
                Map<String, Instant> appliedAt = applyAll(cluster);
                eventually("every ManagedModel is scheduled", PATIENCE, boundAt::size, size -> size >= MODELS);
                reportScheduling(appliedAt, boundAt);
                reportFootprints(controller, machine, controllerBefore, agentBefore);
                report.add(Figure.of(
                        "watch events that one agent's selection sees of them", "events", seenByOneAgent.get()));
                atRest(controller);
                storm(agents, everything);
            }
            agents.forEach(FakeAgent::close);
        }
        report.write();
    }

    private Map<String, Instant> applyAll(Cluster cluster) throws InterruptedException {
        Map<String, Instant> appliedAt = new ConcurrentHashMap<>();
        Instant begin = Instant.now();
        try (ExecutorService applying = Executors.newFixedThreadPool(APPLYING)) {
            IntStream.range(0, MODELS)
                    .mapToObj("m-%05d"::formatted)
                    .forEach(name -> applying.execute(() -> {
                        cluster.models().apply(name, "model: qwen3-4b");
                        appliedAt.put(name, Instant.now());
                    }));
        }
        report.add(Figure.of("applied", "per second", MODELS / Clocked.seconds(begin, Instant.now())));
        return appliedAt;
    }

    private void reportScheduling(Map<String, Instant> appliedAt, Map<String, Instant> boundAt) {
        spread(
                "acknowledged apply -> bound, as a watch shows it",
                "ms",
                appliedAt.entrySet().stream()
                        .map(applied -> Math.max(
                                0,
                                1000
                                        * Clocked.seconds(
                                                applied.getValue(),
                                                Objects.requireNonNull(boundAt.get(applied.getKey())))))
                        .toList());
    }

    private void reportFootprints(
            OperatorProcess controller, AgentFixture machine, Footprint controllerBefore, Footprint agentBefore) {
        Footprint after = Footprint.of(controller.pid());
        Footprint agent = Footprint.of(machine.agent().pid());
        report.add(Figure.of("controller: memory before", "MiB", controllerBefore.residentMebibytes()));
        report.add(Figure.of("controller: memory after", "MiB", after.residentMebibytes()));
        report.add(Figure.of(
                "controller: memory for one object more",
                "KiB",
                (after.residentBytes() - controllerBefore.residentBytes()) / 1024.0 / MODELS));
        report.add(Figure.of(
                "controller: CPU for one binding",
                "ms",
                1.0 * after.cpu().minus(controllerBefore.cpu()).toMillis() / MODELS));
        report.add(Figure.of(
                "agent of a node without any of them: memory before", "MiB", agentBefore.residentMebibytes()));
        report.add(Figure.of("agent of a node without any of them: memory after", "MiB", agent.residentMebibytes()));
        report.add(Figure.of(
                "agent of a node without any of them: CPU meanwhile",
                "ms",
                agent.cpu().minus(agentBefore.cpu()).toMillis()));
    }

    private void atRest(OperatorProcess controller) throws IOException {
        Footprint before = Footprint.of(controller.pid());
        long requestsBefore = writesOfTheController();
        Clocked.pass(AT_REST);
        Footprint after = Footprint.of(controller.pid());
        report.add(Figure.of(
                "controller at rest: CPU of one core",
                "%",
                100.0 * after.cpu().minus(before.cpu()).toMillis() / AT_REST.toMillis()));
        report.add(Figure.of(
                "controller at rest: writes, without those of its own Lease",
                "per minute",
                writesOfTheController() - requestsBefore));
    }

    private void storm(List<FakeAgent> agents, SharedIndexInformer<ManagedModel> everything) throws IOException {
        List<FakeAgent> lost = agents.subList(0, Math.max(1, NODES / 10));
        long writesBefore = writesOfTheController();
        Instant begin = Instant.now();
        lost.forEach(FakeAgent::stopHeartbeat);
        List<String> names = lost.stream().map(FakeAgent::name).toList();
        eventually(
                "every ManagedModel of a lost node reports it",
                PATIENCE,
                () -> everything.getStore().list().stream()
                        .filter(model -> names.contains(model.getStatus().nodeName()))
                        .filter(model -> !"AgentLost".equals(AppliedModels.reason(model)))
                        .count(),
                left -> left == 0);
        report.add(Figure.of(
                "%d lost agents at once -> reported everywhere".formatted(lost.size()),
                "s",
                Clocked.seconds(begin, Instant.now())));
        report.add(Figure.of("writes for that", "writes", writesOfTheController() - writesBefore));
    }

    private long writesOfTheController() throws IOException {
        try (var lines = Files.lines(controlPlane.auditLog().file())) {
            return lines.filter(line -> line.contains("lmstudio-operator-controller"))
                    .filter(line -> line.contains("\"verb\":\"patch\"") || line.contains("\"verb\":\"update\""))
                    .filter(line -> !line.contains("leases"))
                    .count();
        }
    }

    private static void cordon(Cluster cluster, String name) {
        RetryOnConflict.edit(cluster.node(name), node -> {
            node.setSpec(new LMStudioNodeSpec(true, null, null, null));
            return node;
        });
    }

    private static ResourceEventHandler<ManagedModel> noting(Map<String, Instant> boundAt) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(ManagedModel model) {
                if (model.getStatus().nodeName() != null) {
                    boundAt.putIfAbsent(model.getMetadata().getName(), Instant.now());
                }
            }

            @Override
            public void onUpdate(ManagedModel before, ManagedModel model) {
                onAdd(model);
            }

            @Override
            public void onDelete(ManagedModel model, boolean isFinalStateUnknown) {}
        };
    }

    private static ResourceEventHandler<ManagedModel> counting(AtomicLong events) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(ManagedModel model) {
                events.incrementAndGet();
            }

            @Override
            public void onUpdate(ManagedModel before, ManagedModel model) {
                events.incrementAndGet();
            }

            @Override
            public void onDelete(ManagedModel model, boolean isFinalStateUnknown) {
                events.incrementAndGet();
            }
        };
    }

    private void spread(String name, String unit, List<Double> sample) {
        report.add(Figure.of(name, unit, sample));
        report.add(Figure.percentile(name, unit, sample, 0.99));
    }
}
