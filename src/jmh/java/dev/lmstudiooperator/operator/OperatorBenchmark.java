package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;

import dev.lmstudiooperator.benchmark.Clocked;
import dev.lmstudiooperator.benchmark.Extent;
import dev.lmstudiooperator.benchmark.Figure;
import dev.lmstudiooperator.benchmark.QuietMachine;
import dev.lmstudiooperator.benchmark.Report;
import dev.lmstudiooperator.benchmark.Target;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.JournalEntry;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures the latency of the operator and the number of its writes. */
@QuietMachine
@WithControlPlane
class OperatorBenchmark {

    /** 2 % of a load of 30 s. A longer load may take more time in proportion, a shorter one may not. */
    private static final double READY_MILLIS = 600;

    /** The default of observer.inventory-interval. */
    private static final Duration BETWEEN_LISTS_OF_THE_DISK = Duration.ofMinutes(20);

    private final ControlPlane controlPlane;
    private final TestNamespace namespace;
    private Testbed testbed;

    OperatorBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace;
    }

    @BeforeEach
    void start(@TempDir Path folder) {
        testbed = Testbed.start(controlPlane, namespace, folder);
    }

    @AfterEach
    void stop() {
        testbed.close();
    }

    @Test
    void reaction() throws Exception {
        Report report = new Report("Reaction of the operator");
        List<Double> reactions = new ArrayList<>();
        List<Double> watched = new ArrayList<>();
        List<Double> evictions = new ArrayList<>();
        List<Double> statusWrites = new ArrayList<>();
        List<Double> otherWrites = new ArrayList<>();
        List<Double> reported = new ArrayList<>();
        List<Double> written = new ArrayList<>();
        try (Sightings sightings = new Sightings(testbed.models())) {
            for (int run = 0; run < Extent.number(5, 100); run++) {
                String name = "reaction-" + run;
                written.add(Clocked.millis(() -> writeThreeTimes(name)));
                testbed.models().apply(name, LLAMA);
                Instant acknowledged = Instant.now();
                reactions.add(Clocked.millis(acknowledged, loadOf(name, 1)));
                watched.add(Math.max(0, Clocked.millis(acknowledged, sightings.seen(name))));
                sightings.ready(name);
                reported.add((double) eventually(
                                "its events are recorded",
                                () -> testbed.models().eventsOf(name),
                                events -> events.contains("Verified"))
                        .size());
                List<String> writes = writes(name);
                double ofStatus = writes.stream()
                        .filter(write -> write.contains(name + "/status?"))
                        .count();
                statusWrites.add(ofStatus);
                // The first write is the apply of the user.
                otherWrites.add(writes.size() - ofStatus - 1);

                testbed.lmStudio().evict(name);
                Instant evicted = Instant.now();
                evictions.add(Clocked.millis(evicted, loadOf(name, 2)));
                testbed.models().awaitReadyAfterLoads(name, 2);
                testbed.models().deleteAndAwaitGone(name);
            }
        }
        double floor = Figure.of("", "", written).median();
        report.add(Figure.of("apply acknowledged → `lms load` started", "ms", reactions)
                .against(floor)
                .toBe(Target.atMostOf(floor, 2, 0)));
        report.add(Figure.of("three writes by hand, one after the other", "ms", written));
        report.add(Figure.of("apply acknowledged → seen by a bare watch", "ms", watched));
        report.add(Figure.of("writes of a status, apply → Ready", "writes", statusWrites)
                .toBe(Target.atMost(4)));
        report.add(Figure.of("writes of a finalizer, apply → Ready", "writes", otherWrites)
                .toBe(Target.atMost(1)));
        report.add(Figure.of("Events, apply → Ready", "Events", reported).toBe(Target.atMost(3)));
        report.add(Figure.percentile("evicted → loaded again has begun", "ms", evictions, 0.99)
                .against(Testbed.POLL_INTERVAL_MILLIS)
                .toBe(Target.atMostOf(Testbed.POLL_INTERVAL_MILLIS, 1, 500)));
        report.write();
    }

    @Test
    void readiness() throws Exception {
        Report report = new Report("Readiness");
        Duration loadTime = Duration.ofSeconds(Extent.number(3, 30));
        testbed.lmStudio().setLoadTime(loadTime);
        List<Double> readies = new ArrayList<>();
        List<Double> byHand = new ArrayList<>();
        List<Double> looks = new ArrayList<>();
        try (Sightings sightings = new Sightings(testbed.models())) {
            for (int run = 0; run < Extent.number(2, 5); run++) {
                String name = "readiness-" + run;
                byHand.add(Clocked.millis(() -> testbed.lmStudio()
                        .lms(
                                "load",
                                "llama-3.2-1b-instruct",
                                "--yes",
                                "--local",
                                "--identifier=by-hand",
                                "--ttl=600")));
                testbed.lmStudio().evict("by-hand");
                looks.add(Clocked.millis(() -> testbed.lmStudio().lms("ps", "--json")));
                Instant begun = Instant.now();
                testbed.models().apply(name, LLAMA);
                readies.add(Clocked.millis(begun, sightings.ready(name)));
                testbed.models().deleteAndAwaitGone(name);
            }
        }
        double floor = Figure.of("", "", byHand).median();
        report.add(Figure.of("apply → Ready, of a load that takes %d s".formatted(loadTime.toSeconds()), "ms", readies)
                .against(floor)
                .toBe(Target.atMostOf(
                        floor, 1, READY_MILLIS + Figure.of("", "", looks).median())));

        testbed.lmStudio().setLoadTime(Duration.ZERO);
        List<String> names =
                IntStream.range(0, 20).mapToObj(i -> "at-once-" + i).toList();
        report.add(Figure.of("20 ManagedModels at once → all Ready", "ms", Clocked.millis(() -> {
            names.forEach(name -> testbed.models().apply(name, LLAMA));
            testbed.awaitAllReady();
            return names;
        })));
        report.write();
    }

    /**
     * With the defaults of a ManagedModel: KeepLoaded, with a TTL of 600 s, which is renewed well before half of it has
     * passed.
     */
    @Test
    void rest() {
        Report report = new Report("Rest");
        Duration window = Duration.ofSeconds(Extent.number(250, 610));
        List<Double> callsAtRest = new ArrayList<>();
        List<Integer> sizes = Extent.numbers(List.of(1, 60), List.of(1, 60, 200));
        int models = 0;
        for (int size : sizes) {
            for (; models < size; models++) {
                testbed.models().apply("rest-" + models, "model: llama-3.2-1b-instruct");
            }
            testbed.awaitAllReady();
            int calls = testbed.calls();
            int writes = writes("").size();
            Footprint before = Footprint.of(testbed.agent().pid());
            Clocked.pass(window);
            Footprint after = Footprint.of(testbed.agent().pid());
            double hours = window.toMillis() / 3_600_000.0;
            callsAtRest.add(callsPerHour(calls, window));
            report.add(Figure.of("calls of `lms` at rest, %d models".formatted(size), "per hour", callsAtRest.getLast())
                    .toBe(Target.atMost(65)));
            report.add(Figure.of(
                            "writes at rest, without Leases, %d models".formatted(size),
                            "per hour",
                            (writes("").size() - writes) / hours)
                    .toBe(Target.atMost(0)));
            report.add(Figure.of(
                    "CPU of the agent at rest, without `lms`, %d models".formatted(size),
                    "% of a core",
                    100.0 * after.cpu().minus(before.cpu()).toMillis() / window.toMillis()));
            report.add(Figure.of("memory of the agent, %d models".formatted(size), "MiB", after.residentMebibytes()));
        }
        report.write();
    }

    /**
     * Counts the calls after the given number, per command and from its first to its last call. A fixed window would
     * contain one call more or less by chance. {@code lms ls} is so rare that its period is used instead.
     */
    private double callsPerHour(int callsBefore, Duration window) {
        Map<String, List<Instant>> beginnings = testbed.lmStudio().journal().calls().stream()
                .skip(callsBefore)
                .filter(call -> !call.argv().getFirst().equals("ls"))
                .collect(Collectors.groupingBy(
                        call -> call.argv().getFirst(),
                        Collectors.mapping(JournalEntry::startedAt, Collectors.toList())));
        return perHour(1, BETWEEN_LISTS_OF_THE_DISK)
                + beginnings.values().stream()
                        .mapToDouble(times -> times.size() == 1
                                ? perHour(1, window)
                                : perHour(times.size() - 1, Duration.between(times.getFirst(), times.getLast())))
                        .sum();
    }

    private static double perHour(int count, Duration time) {
        return count * 3_600_000.0 / time.toMillis();
    }

    /** As many writes as must precede a load: the node, the finalizer and the intent. */
    private ConfigMap writeThreeTimes(String name) {
        Resource<ConfigMap> configMap = controlPlane
                .admin()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace.name())
                        .withName(name)
                        .endMetadata()
                        .build());
        configMap.create();
        configMap.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"write\":\"2\"}}");
        return configMap.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"write\":\"3\"}}");
    }

    /** Returns the writes to every ManagedModel with this name prefix and to their status. */
    private List<String> writes(String name) {
        return controlPlane.auditLog().writesTo("/namespaces/" + namespace.name() + "/managedmodels").stream()
                .filter(write -> write.contains("/managedmodels/" + name))
                .toList();
    }

    /** Returns the start time of the load with this number. */
    private Instant loadOf(String name, int number) {
        return eventually(
                        "load %d of %s has begun".formatted(number, name),
                        () -> testbed.lmStudio().journal().calls("load").stream()
                                .filter(call -> call.argv().contains("--identifier=" + name))
                                .map(JournalEntry::startedAt)
                                .toList(),
                        loads -> loads.size() >= number)
                .get(number - 1);
    }
}
