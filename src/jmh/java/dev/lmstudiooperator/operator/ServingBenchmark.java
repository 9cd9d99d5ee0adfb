package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.benchmark.Clocked;
import dev.lmstudiooperator.benchmark.Extent;
import dev.lmstudiooperator.benchmark.Figure;
import dev.lmstudiooperator.benchmark.QuietMachine;
import dev.lmstudiooperator.benchmark.Report;
import dev.lmstudiooperator.benchmark.Target;
import dev.lmstudiooperator.controlplane.AuditLog;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.RetryOnConflict;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures one controller with many sets and Services. The agents are stand-ins, the API server is real. */
@QuietMachine
@WithControlPlane
class ServingBenchmark {

    private static final int NODES = Extent.number(100, 200);
    private static final int SETS = Extent.number(40, 100);
    private static final int REPLICAS = 50;
    private static final int CHANGES = Extent.number(40, 200);
    private static final Duration AT_REST = Duration.ofSeconds(Extent.number(30, 150));
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int APPLYING = 8;
    private static final double MEBIBYTE = 1048576;

    private final Report report = new Report(
            "%d Services and sets with %d ManagedModels on %d nodes".formatted(SETS, SETS * REPLICAS, NODES));
    private final ControlPlane controlPlane;
    private final AppliedModels models;
    private final AppliedSets sets;
    private final AppliedServices services;

    ServingBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.models = new AppliedModels(controlPlane.admin(), namespace.name());
        this.sets = models.sets();
        this.services = new AppliedServices(controlPlane.admin(), namespace.name());
    }

    @AfterEach
    void tidyUp() {
        services.deleteAll();
        ClusterCleanup.removeModelsAndNodes(controlPlane.admin());
    }

    @Test
    void manySetsAndServices(@TempDir Path folder) throws Exception {
        double byHand = createByHand();
        try (ServingFleet fleet = new ServingFleet();
                Cluster cluster = Cluster.on(controlPlane, models.namespace(), folder)) {
            OperatorProcess controller =
                    cluster.addController(fleet.controllerEnvironment()).awaitReady();
            fleet.start(cluster.admin(), NODES);
            try (ServingView view = new ServingView(cluster.admin(), models.namespace(), fleet::seen)) {
                grow(controller, view, byHand);
                double floor = editSlices(view);
                awaitQuiet();
                changeOneByOne(fleet, view, floor);
                awaitQuiet();
                changeTogether(fleet, view);
                atRest(controller);
            }
        }
        report.write();
    }

    /** Creates as many ManagedModels as the sets will, while no controller runs. Returns seconds. */
    private double createByHand() throws Exception {
        Instant begin = Instant.now();
        inParallel(SETS * REPLICAS, i -> models.apply("by-hand-%05d".formatted(i), "model: qwen3-4b"));
        double seconds = Clocked.seconds(begin, Instant.now());
        ClusterCleanup.removeModelsAndNodes(controlPlane.admin());
        return seconds;
    }

    private void grow(OperatorProcess controller, ServingView view, double byHand) throws Exception {
        addMemory(controller, 0);
        int before = 0;
        double total = 0;
        for (int now : List.of(SETS / 5, SETS / 2, SETS)) {
            AuditLog log = controlPlane.auditLog().fromNow();
            Footprint footprint = Footprint.of(controller.pid());
            int first = before;
            long expected = (long) now * REPLICAS;
            Instant begin = Instant.now();
            inParallel(now - first, i -> apply("set-%03d".formatted(first + i)));
            view.awaitAvailable(now, REPLICAS);
            eventually("all endpoints are ready", Duration.ofMinutes(1), view::ready, count -> count == expected);
            double seconds = Clocked.seconds(begin, Instant.now());
            total += seconds;
            addGrowth(controller, log, footprint, (now - first) * REPLICAS, now * REPLICAS, seconds);
            before = now;
        }
        report.add(Figure.of("sets and Services are applied → all replicas are Available and published", "s", total)
                .against(byHand));
    }

    private void apply(String name) {
        services.create(name, "app=" + name);
        sets.apply(
                name,
                "replicas: %d, template: {metadata: {labels: {app: %s}}, spec: {model: qwen3-4b}}"
                        .formatted(REPLICAS, name));
    }

    private void addGrowth(
            OperatorProcess controller, AuditLog log, Footprint before, int added, int all, double seconds)
            throws IOException {
        ControllerWrites writes = ControllerWrites.in(log);
        String which = "the replicas up to %d: ".formatted(all);
        report.add(Figure.of(which + "Available and published", "per second", added / seconds));
        report.add(Figure.of(
                which + "CPU of the controller for each",
                "ms",
                1.0 * Footprint.of(controller.pid()).cpu().minus(before.cpu()).toMillis() / added));
        writes.byResource()
                .forEach((resource, count) -> report.add(
                        Figure.of(which + "writes to %s for each".formatted(resource), "writes", 1.0 * count / added)));
        addMemory(controller, all);
    }

    /** The heap is read last, because its collection can return memory to the machine. */
    private void addMemory(OperatorProcess controller, int replicas) throws IOException {
        report.add(Figure.of(
                "%d replicas: memory of the controller".formatted(replicas),
                "MiB",
                Footprint.of(controller.pid()).residentMebibytes()));
        try (AgentJvm jvm = AgentJvm.of(controller.pid())) {
            report.add(Figure.of(
                    "%d replicas: heap of the controller".formatted(replicas), "MiB", jvm.heapBytes() / MEBIBYTE));
        }
    }

    /** The floor of a withdrawal: another client changes one of as many endpoints. Returns the median in milliseconds. */
    private double editSlices(ServingView view) {
        String name = "by-hand";
        controlPlane
                .admin()
                .resource(new EndpointSliceBuilder()
                        .withNewMetadata()
                        .withNamespace(models.namespace())
                        .withName(name)
                        .endMetadata()
                        .withAddressType("IPv4")
                        .withEndpoints(IntStream.range(0, REPLICAS)
                                .mapToObj(i -> endpoint(name + "-" + i, i, true))
                                .toList())
                        .build())
                .create();
        view.awaitEndpoint(name + "-0", true);
        List<Double> edits = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            int index = i % REPLICAS;
            boolean isReady = i / REPLICAS % 2 == 1;
            String target = "%s-%d".formatted(name, index);
            long begin = System.nanoTime();
            RetryOnConflict.edit(
                    controlPlane
                            .admin()
                            .discovery()
                            .v1()
                            .endpointSlices()
                            .inNamespace(models.namespace())
                            .withName(name),
                    slice -> {
                        slice.getEndpoints().set(index, endpoint(target, index, isReady));
                        return slice;
                    });
            edits.add((view.awaitEndpoint(target, isReady) - begin) / 1e6);
        }
        Figure floor = Figure.of("a slice is edited by hand → a watch shows it", "ms", edits);
        report.add(floor);
        report.add(Figure.percentile(floor.name(), "ms", edits, 0.99));
        return floor.median();
    }

    private static Endpoint endpoint(String name, int index, boolean isReady) {
        return new EndpointBuilder()
                .withAddresses("198.18.200." + (1 + index))
                .withNewConditions()
                .withReady(isReady)
                .endConditions()
                .withNewTargetRef()
                .withName(name)
                .endTargetRef()
                .build();
    }

    private void changeOneByOne(ServingFleet fleet, ServingView view, double floor) {
        List<Double> withdrawals = new ArrayList<>();
        List<Double> returns = new ArrayList<>();
        List<ControllerWrites> down = new ArrayList<>();
        List<ControllerWrites> up = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            String set = "set-%03d".formatted(i % SETS);
            String model = view.replicas(set).get(i / SETS % REPLICAS);
            withdrawals.add(change(fleet, view, model, set, false, down));
            returns.add(change(fleet, view, model, set, true, up));
        }
        addLatency("a replica is not Available → its endpoint is withdrawn", withdrawals, floor);
        addLatency("a replica is Available again → its endpoint is ready", returns, floor);
        addWrites("a replica is not Available", down);
        addWrites("a replica is Available again", up);
    }

    /** Returns the milliseconds from the acknowledged status to the slice. Ends when everything is reported. */
    private double change(
            ServingFleet fleet,
            ServingView view,
            String name,
            String set,
            boolean isAvailable,
            List<ControllerWrites> writes) {
        ManagedModel model = view.model(name);
        AuditLog log = controlPlane.auditLog().fromNow();
        fleet.report(model, isAvailable ? "True" : "False", isAvailable ? "Verified" : "VerificationFailed");
        long acknowledged = System.nanoTime();
        double millis = Math.max(0, view.awaitEndpoint(name, isAvailable) - acknowledged) / 1e6;
        view.awaitPublished(name, isAvailable);
        view.awaitAvailable(set, isAvailable ? REPLICAS : REPLICAS - 1);
        writes.add(ControllerWrites.in(log));
        return millis;
    }

    /** The mean of all writes is exact. A single late write is counted with the next change. */
    private void addWrites(String what, List<ControllerWrites> changes) {
        report.add(Figure.of(
                        what + ": status writes",
                        "writes",
                        changes.stream()
                                .map(writes -> (double) writes.statuses())
                                .toList())
                .toBe(Target.atMost(2)));
        report.add(Figure.of(
                        what + ": slice writes",
                        "writes",
                        changes.stream()
                                .map(writes -> (double) writes.to("endpointslices"))
                                .toList())
                .toBe(Target.atMost(1)));
        report.add(Figure.of(
                what + ": Events",
                "writes",
                changes.stream()
                        .map(writes -> (double) writes.to(ControllerWrites.EVENTS))
                        .toList()));
        report.add(Figure.of(
                what + ": all writes of all changes, for each",
                "writes",
                1.0 * changes.stream().mapToLong(ControllerWrites::all).sum() / changes.size()));
    }

    /** One replica of each set at once. */
    private void changeTogether(ServingFleet fleet, ServingView view) throws Exception {
        List<Double> withdrawals = new ArrayList<>();
        List<Double> returns = new ArrayList<>();
        for (int round = 0; round * SETS < CHANGES; round++) {
            int replica = round % REPLICAS;
            List<String> names = IntStream.range(0, SETS)
                    .mapToObj(i -> view.replicas("set-%03d".formatted(i)).get(replica))
                    .toList();
            withdrawals.addAll(changeTogether(fleet, view, names, false));
            view.awaitAvailable(SETS, REPLICAS - 1);
            returns.addAll(changeTogether(fleet, view, names, true));
            view.awaitAvailable(SETS, REPLICAS);
        }
        addLatency("%d replicas at once: not Available → withdrawn".formatted(SETS), withdrawals, 0);
        addLatency("%d replicas at once: Available again → ready".formatted(SETS), returns, 0);
    }

    private static List<Double> changeTogether(
            ServingFleet fleet, ServingView view, List<String> names, boolean isAvailable) throws Exception {
        long[] acknowledged = new long[names.size()];
        inParallel(names.size(), i -> {
            fleet.report(
                    view.model(names.get(i)),
                    isAvailable ? "True" : "False",
                    isAvailable ? "Verified" : "VerificationFailed");
            acknowledged[i] = System.nanoTime();
        });
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            long seen = view.awaitEndpoint(names.get(i), isAvailable);
            millis.add(Math.max(0, seen - acknowledged[i]) / 1e6);
            view.awaitPublished(names.get(i), isAvailable);
        }
        return millis;
    }

    private void addLatency(String what, List<Double> millis, double floor) {
        Figure median = Figure.of(what, "ms", millis);
        report.add(floor == 0 ? median : median.against(floor));
        report.add(Figure.percentile(what, "ms", millis, 0.99).toBe(Target.atMost(1000)));
    }

    private void atRest(OperatorProcess controller) {
        awaitQuiet();
        AuditLog log = controlPlane.auditLog().fromNow();
        Footprint before = Footprint.of(controller.pid());
        Clocked.pass(AT_REST);
        report.add(Figure.of(
                "controller at rest: CPU of one core",
                "%",
                100.0 * Footprint.of(controller.pid()).cpu().minus(before.cpu()).toMillis() / AT_REST.toMillis()));
        report.add(Figure.of(
                        "controller at rest for %d s: writes without Leases".formatted(AT_REST.toSeconds()),
                        "writes",
                        ControllerWrites.in(log).all())
                .toBe(Target.atMost(0)));
    }

    /** The controller writes Events some time after the changes. */
    private void awaitQuiet() {
        eventually(
                "the controller writes nothing",
                PATIENCE,
                () -> {
                    AuditLog log = controlPlane.auditLog().fromNow();
                    Clocked.pass(QUIET);
                    return ControllerWrites.in(log).all();
                },
                count -> count == 0);
    }

    private interface Work {
        void run(int index);
    }

    private static void inParallel(int count, Work work) throws Exception {
        try (ExecutorService workers = Executors.newFixedThreadPool(APPLYING)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int index = i;
                running.add(workers.submit(() -> work.run(index)));
            }
            for (Future<?> worker : running) {
                worker.get();
            }
        }
    }
}
