package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static java.util.Comparator.naturalOrder;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.benchmark.Clocked;
import dev.lmstudiooperator.benchmark.Extent;
import dev.lmstudiooperator.benchmark.Figure;
import dev.lmstudiooperator.benchmark.QuietMachine;
import dev.lmstudiooperator.benchmark.Report;
import dev.lmstudiooperator.benchmark.Target;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures an agent with an extreme number of ManagedModels, either all on its node or all on other nodes. */
@QuietMachine
@WithControlPlane
class ManyModelsBenchmark {

    private static final int OWN = Extent.number(50, 1_000);
    private static final int OF_OTHERS = Extent.number(200, 10_000);
    private static final int APPLYING = 8;
    private static final int STARTS = Extent.number(1, 5);

    /** Long enough that the agent renews no TTL during the benchmark. */
    private static final String FOR_A_DAY = LLAMA + ", ttlSeconds: 86400";

    private static final double LONGEST_RECONCILE_MILLIS = 50;
    private static final double LONGEST_ADOPTION_MILLIS = 5_000;
    private static final Duration BETWEEN_SCRAPES = Duration.ofMillis(250);
    private static final double MEBIBYTE = 1048576;

    private final ControlPlane controlPlane;
    private final TestNamespace namespace;

    ManyModelsBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace;
    }

    @Test
    void onOneAgent(@TempDir Path folder) throws Exception {
        Report report = new Report("%d ManagedModels on one agent".formatted(OWN));
        try (Testbed testbed = Testbed.start(controlPlane, namespace, folder)) {
            becomeReady(testbed, report);
            int loads = loads(testbed);
            report.add(Figure.of("loads until all are Ready", "loads", loads).toBe(Target.atMost(OWN)));
            report.add(Figure.of(
                    "memory of the agent",
                    "MiB",
                    Footprint.of(testbed.agent().pid()).residentMebibytes()));

            verifyAgainAfterARestart(testbed, report);
            report.add(Figure.of("loads after these starts", "loads", loads(testbed) - loads)
                    .toBe(Target.atMost(0)));
            release(testbed);
        }
        report.write();
    }

    /** Clients that apply objects use all CPU of the machine. After the last one, only loads remain. */
    private static void becomeReady(Testbed testbed, Report report) throws Exception {
        List<String> names =
                IntStream.range(0, OWN).mapToObj("own-%04d"::formatted).toList();
        List<Double> applies = new ArrayList<>();
        try (Sightings sightings = new Sightings(testbed.models())) {
            Instant begun = Instant.now();
            for (String name : names) {
                applies.add(Clocked.millis(() -> testbed.models().apply(name, FOR_A_DAY)));
            }
            Instant applied = Instant.now();
            ReconcileTimes whileApplied = ScrapedMetrics.of(testbed.agent()).reconciles();
            Instant ready =
                    names.stream().map(sightings::ready).max(naturalOrder()).orElseThrow();
            ReconcileTimes untilReady = ScrapedMetrics.of(testbed.agent()).reconciles();
            report.add(Figure.of("the last is applied → all Ready", "s", Clocked.seconds(applied, ready)));
            report.add(Figure.of("loads", "per second", OWN / Clocked.seconds(begun, ready)));
            addReconciles(
                    report,
                    "while they are applied without a pause",
                    List.of(whileApplied),
                    Figure.percentile("", "", applies, 0.99).median());
            addReconciles(report, "while they are loaded", List.of(untilReady.since(whileApplied)), null);
        }
    }

    private static void verifyAgainAfterARestart(Testbed testbed, Report report) {
        List<Double> starts = new ArrayList<>();
        List<ReconcileTimes> reconciles = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            testbed.machine().restartAgent();
            starts.add(Launch.millisUntil(testbed.agent(), BETWEEN_SCRAPES, () -> hasVerifiedAll(testbed.agent())));
            reconciles.add(ScrapedMetrics.of(testbed.agent()).reconciles());
        }
        report.add(Figure.of("`kill -9` and a start → all verified again", "ms", starts)
                .toBe(Target.atMost(LONGEST_ADOPTION_MILLIS)));
        addReconciles(report, "while they are verified again", reconciles, null);
    }

    /** @param floor the 99th percentile of the applies of a client in the same period */
    private static void addReconciles(
            Report report, String when, List<ReconcileTimes> reconciles, @Nullable Double floor) {
        report.add(Figure.of("a reconcile %s, p50".formatted(when), "ms", millis(reconciles, 0.5)));
        report.add(new Figure(
                "a reconcile %s, p99".formatted(when),
                "ms",
                millis(reconciles, 0.99),
                floor,
                floor == null ? Target.atMost(LONGEST_RECONCILE_MILLIS) : Target.atMostOf(floor, 1.2, 0)));
    }

    private static List<Double> millis(List<ReconcileTimes> reconciles, double share) {
        return reconciles.stream().map(times -> times.millis(share)).toList();
    }

    private static boolean hasVerifiedAll(OperatorProcess agent) {
        return ScrapedMetrics.of(agent).sum("lms_model_verification_attempts_total", "result=\"passed\"") >= OWN;
    }

    private static int loads(Testbed testbed) {
        return testbed.lmStudio().journal().calls("load").size();
    }

    /** Removes the models without unloading them, which an agent would do one by one. */
    private void release(Testbed testbed) {
        testbed.machine().killAgent();
        ClusterCleanup.removeModelsAndNodes(controlPlane.admin());
    }

    /** There is no controller, because it would report for each model that its node does not exist. */
    @Test
    void ofOtherNodes(@TempDir Path folder) throws Exception {
        Report report = new Report("%d ManagedModels of other nodes".formatted(OF_OTHERS));
        List<String> nodes =
                IntStream.range(0, 50).mapToObj("gpu-%02d"::formatted).toList();
        try (Cluster cluster = Cluster.on(controlPlane, namespace.name(), folder)) {
            OperatorProcess agent =
                    cluster.addMachine("alone", Testbed.AS_IN_A_CLUSTER).agent();
            cluster.awaitReady();
            applyBound(cluster.models(), "own", "alone");
            cluster.models().awaitReady("own");

            ScrapedMetrics before = ScrapedMetrics.of(agent);
            try (AgentJvm jvm = AgentJvm.of(agent.pid())) {
                long heap = jvm.heapBytes();
                AtomicInteger applied = new AtomicInteger();
                report.add(Figure.of(
                        "applied and bound", "per second", Clocked.perSecond(APPLYING, OF_OTHERS / APPLYING, () -> {
                            int number = applied.incrementAndGet();
                            applyBound(
                                    cluster.models(), "other-%05d".formatted(number), nodes.get(number % nodes.size()));
                            return number;
                        })));
                report.add(Figure.of(
                                "heap in use after a collection, more than before them",
                                "MiB",
                                (jvm.heapBytes() - heap) / MEBIBYTE)
                        .toBe(Target.atMost(1)));
            }
            report.add(Figure.of("events of them", "events", events(ScrapedMetrics.of(agent)) - events(before))
                    .toBe(Target.atMost(0)));

            applyBound(cluster.models(), "another", "alone");
            eventually(
                    "the event of its own ManagedModel is counted",
                    () -> events(ScrapedMetrics.of(agent)),
                    counted -> counted > events(before));
            nodes.forEach(node -> cluster.admin()
                    .resources(ManagedModel.class)
                    .inNamespace(namespace.name())
                    .withField("status.nodeName", node)
                    .delete());
        }
        report.write();
    }

    private static double events(ScrapedMetrics metrics) {
        return metrics.sum("events_received_total", "controller_name=\"agent\"");
    }

    /** Applies a ManagedModel, and does what the controller does. */
    private static void applyBound(AppliedModels models, String name, String node) {
        models.apply(name, FOR_A_DAY);
        models.resource(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"nodeName\":\"%s\"}}".formatted(node));
    }
}
