package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.benchmark.Clocked;
import dev.lmstudiooperator.benchmark.Extent;
import dev.lmstudiooperator.benchmark.Figure;
import dev.lmstudiooperator.benchmark.Report;
import dev.lmstudiooperator.benchmark.Target;
import dev.lmstudiooperator.controlplane.AuditLog;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How soon the operator does what it is there for, as it is configured by default: a controller, and an agent on one machine. */
@WithControlPlane
class OperatorBenchmark {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final double GLANCE_MILLIS = 2000;
    private static final Map<String, String> DEFAULTS =
            Map.of("LMSTUDIO_OPERATOR_OBSERVE_GLANCE_PERIOD", "2s", "LMSTUDIO_OPERATOR_LEASE_DURATION", "40s");
    private static final String AT_ONCE = "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0}";

    private final ControlPlane controlPlane;
    private final String namespace;
    private Cluster cluster;
    private Machine machine;
    private SimulatorProcess lmStudio;

    OperatorBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
    }

    @BeforeEach
    void start(@TempDir Path folder) {
        cluster = Cluster.on(controlPlane, namespace, folder);
        cluster.addController();
        machine = cluster.addMachine("measured", DEFAULTS);
        lmStudio = machine.lmStudio();
        lmStudio.set("memoryBytes", 0);
        lmStudio.setLoadTime(Duration.ZERO);
        cluster.awaitReady();
    }

    @AfterEach
    void stop() {
        cluster.models().deleteAll();
        cluster.close();
    }

    @Test
    void reaction() throws Exception {
        Report report = new Report("Reaction of the operator");
        List<Double> reactions = new ArrayList<>();
        List<Double> watched = new ArrayList<>();
        List<Double> evictions = new ArrayList<>();
        Map<String, Instant> seenAt = new ConcurrentHashMap<>();
        Watch watch = watch(seenAt);
        for (int run = 0; run < Extent.number(5, 30); run++) {
            String name = "reaction-" + run;
            cluster.models().apply(name, AT_ONCE);
            Instant acknowledged = Instant.now();
            reactions.add(millis(acknowledged, loadOf(name, 1)));
            watched.add(Math.max(
                    0,
                    millis(
                            acknowledged,
                            eventually(
                                    "it was seen",
                                    () -> seenAt.getOrDefault(name, Instant.MAX),
                                    Instant.MAX::isAfter))));
            cluster.models().awaitReady(name);
            lmStudio.evict(name);
            Instant evicted = Instant.now();
            evictions.add(millis(evicted, loadOf(name, 2)));
            cluster.models().awaitReadyAfterLoads(name, 2);
            cluster.models().deleteAndAwaitGone(name);
        }
        watch.close();
        double floor = Figure.of("", "", watched).median();
        report.add(Figure.of("apply acknowledged → `lms load` started", "ms", reactions)
                .against(floor)
                .toBe(Target.atMostOf(floor, 2, 10)));
        report.add(Figure.percentile("evicted → loaded again has begun", "ms", evictions, 0.99)
                .against(GLANCE_MILLIS)
                .toBe(Target.atMostOf(GLANCE_MILLIS, 1, 500)));
        report.write();
    }

    @Test
    void readiness() throws Exception {
        Report report = new Report("Readiness");
        Duration loadTime = Duration.ofSeconds(Extent.number(5, 30));
        lmStudio.setLoadTime(loadTime);
        List<Double> readies = new ArrayList<>();
        List<Double> byHand = new ArrayList<>();
        List<Double> looks = new ArrayList<>();
        for (int run = 0; run < Extent.number(2, 5); run++) {
            String name = "readiness-" + run;
            byHand.add(Clocked.millis(() -> lmStudio.lms(
                    "load", "llama-3.2-1b-instruct", "--yes", "--local", "--identifier=by-hand", "--ttl=600")));
            lmStudio.evict("by-hand");
            looks.add(Clocked.millis(() -> lmStudio.lms("ps", "--json")));
            readies.add(Clocked.millis(() -> {
                cluster.models().apply(name, AT_ONCE);
                return cluster.models()
                        .await(name, "is ready", model -> "True".equals(AppliedModels.condition(model, "Ready")));
            }));
            cluster.models().deleteAndAwaitGone(name);
        }
        double floor = Figure.of("", "", byHand).median();
        report.add(Figure.of("apply → Ready, of a load that takes %d s".formatted(loadTime.toSeconds()), "ms", readies)
                .against(floor)
                .toBe(Target.atMostOf(floor, 1.02, Figure.of("", "", looks).median())));

        lmStudio.setLoadTime(Duration.ZERO);
        List<String> names =
                IntStream.range(0, 20).mapToObj(i -> "at-once-" + i).toList();
        report.add(Figure.of("20 ManagedModels at once → all Ready", "ms", Clocked.millis(() -> {
            names.forEach(name -> cluster.models().apply(name, AT_ONCE));
            awaitAllReady();
            return names;
        })));
        report.write();
    }

    @Test
    void rest() throws Exception {
        Report report = new Report("Rest");
        Duration window = Duration.ofSeconds(Extent.number(40, 185));
        List<Double> callsPerHour = new ArrayList<>();
        List<Integer> sizes = List.of(1, Extent.number(20, 200));
        int models = 0;
        for (int size : sizes) {
            for (; models < size; models++) {
                cluster.models().apply("rest-" + models, AT_ONCE + ", retention: Temporary, ttlSeconds: 86400");
            }
            awaitAllReady();
            int calls = calls();
            int writes = writes();
            Footprint before = Footprint.of(machine.agent().pid());
            await(window);
            Footprint after = Footprint.of(machine.agent().pid());
            double hours = window.toMillis() / 3_600_000.0;
            callsPerHour.add((calls() - calls) / hours);
            report.add(Figure.of(
                    "calls of `lms` at rest, %d models".formatted(size), "per hour", (calls() - calls) / hours));
            report.add(Figure.of(
                            "writes at rest, without Leases, %d models".formatted(size),
                            "per hour",
                            (writes() - writes) / hours)
                    .toBe(Target.atMost(0)));
            report.add(Figure.of(
                    "CPU of the agent at rest, without `lms`, %d models".formatted(size),
                    "% of a core",
                    100.0 * after.cpu().minus(before.cpu()).toMillis() / window.toMillis()));
            report.add(Figure.of("memory of the agent, %d models".formatted(size), "MiB", after.residentMebibytes()));
        }
        double slope = (callsPerHour.getLast() - callsPerHour.getFirst()) / (sizes.getLast() - sizes.getFirst());
        report.add(Figure.of("calls of `lms` for one model more", "per hour", slope)
                .toBe(Target.atMost(0)));
        report.write();
    }

    private int calls() {
        return lmStudio.journal().calls().size();
    }

    private int writes() {
        return new AuditLog(controlPlane.auditLog())
                .writesTo("/namespaces/" + namespace + "/managedmodels")
                .size();
    }

    private void awaitAllReady() {
        eventually(
                "every ManagedModel is ready",
                PATIENCE,
                () -> cluster.models().all().stream()
                        .filter(model -> !"True".equals(AppliedModels.condition(model, "Ready")))
                        .count(),
                waiting -> waiting == 0);
    }

    /** Nothing is waited for but the time over which the figures are taken. */
    private static void await(Duration window) {
        Instant end = Instant.now().plus(window);
        eventually("the time is over", window.plus(PATIENCE), Instant::now, now -> now.isAfter(end));
    }

    /** When the call of that number began. */
    private Instant loadOf(String name, int number) {
        return eventually(
                        "load %d of %s has begun".formatted(number, name),
                        () -> lmStudio.journal().calls("load").stream()
                                .filter(call -> call.argv().contains("--identifier=" + name))
                                .map(JournalEntry::startedAt)
                                .toList(),
                        loads -> loads.size() >= number)
                .get(number - 1);
    }

    private Watch watch(Map<String, Instant> seenAt) {
        return cluster.admin()
                .resources(ManagedModel.class)
                .inNamespace(namespace)
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, ManagedModel model) {
                        seenAt.putIfAbsent(model.getMetadata().getName(), Instant.now());
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        throw new IllegalStateException("The watch broke off", cause);
                    }
                });
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }
}
