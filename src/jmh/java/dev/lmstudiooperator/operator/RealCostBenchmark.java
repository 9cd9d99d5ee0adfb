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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures the operator while each call of {@code lms} costs as much CPU time as a call of the real one. */
@QuietMachine
@WithControlPlane
class RealCostBenchmark {

    private static final int CALL_MILLIS = 300;
    private static final int AT_ONCE = 20;
    private static final String MODEL = "llama-3.2-1b-instruct";

    private final Report report = new Report("If a call of `lms` costs %d ms of a core".formatted(CALL_MILLIS));
    private final ControlPlane controlPlane;
    private final TestNamespace namespace;
    private Testbed testbed;

    RealCostBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace;
    }

    @BeforeEach
    void start(@TempDir Path folder) {
        testbed = Testbed.start(controlPlane, namespace, folder);
        testbed.lmStudio().set("cpuCostMillis", CALL_MILLIS);
    }

    @AfterEach
    void stop() {
        testbed.lmStudio().set("cpuCostMillis", 0);
        testbed.close();
    }

    @Test
    void loadsAndRest() throws Exception {
        oneAfterTheOther();
        atOnce();
        rest();
        report.write();
    }

    private void oneAfterTheOther() throws Exception {
        List<Double> begins = new ArrayList<>();
        List<Double> readies = new ArrayList<>();
        List<Double> calls = new ArrayList<>();
        try (Sightings sightings = new Sightings(testbed.models())) {
            for (int run = 0; run < Extent.number(5, 30); run++) {
                String name = "single-" + run;
                int callsBefore = testbed.calls();
                testbed.models().apply(name, LLAMA);
                Instant acknowledged = Instant.now();
                readies.add(Clocked.millis(acknowledged, sightings.ready(name)));
                List<JournalEntry> made = testbed.lmStudio().journal().calls().stream()
                        .skip(callsBefore)
                        .toList();
                calls.add((double) made.size());
                begins.add(Clocked.millis(
                        acknowledged,
                        made.stream()
                                .filter(call -> call.argv().getFirst().equals("load"))
                                .findFirst()
                                .orElseThrow()
                                .startedAt()));
                testbed.models().deleteAndAwaitGone(name);
            }
        }
        report.add(Figure.of("apply acknowledged → `lms load` started", "ms", begins)
                .toBe(Target.atMost(150)));
        report.add(Figure.of("apply acknowledged → Ready", "ms", readies));
        report.add(Figure.of("calls of `lms`, apply → Ready", "calls", calls).toBe(Target.atMost(3)));
    }

    private void atOnce() throws Exception {
        List<String> names =
                IntStream.range(0, AT_ONCE).mapToObj(i -> "at-once-" + i).toList();
        double byHand = Clocked.millis(() -> {
            for (String name : names) {
                testbed.lmStudio().lms("load", MODEL, "--yes", "--local", "--identifier=" + name, "--ttl=600");
            }
            return names;
        });
        names.forEach(testbed.lmStudio()::evict);
        int callsBeforeResync = testbed.calls();
        eventually("the agent observes that the models are gone", testbed::calls, calls -> calls > callsBeforeResync);
        int callsBefore = testbed.calls();
        double ready = Clocked.millis(() -> {
            names.forEach(name -> testbed.models().apply(name, LLAMA));
            testbed.awaitAllReady();
            return names;
        });
        report.add(Figure.of("%d ManagedModels at once → all Ready".formatted(AT_ONCE), "ms", ready)
                .against(byHand)
                .toBe(Target.atMostOf(byHand, 1.3, 0)));
        report.add(Figure.of("calls of `lms` for that", "calls", (long) testbed.calls() - callsBefore));
        testbed.models().deleteAll();
    }

    /** With the defaults of a ManagedModel. */
    private void rest() {
        Duration window = Duration.ofSeconds(Extent.number(250, 610));
        int models = 0;
        for (int size : Extent.numbers(List.of(1, 60), List.of(1, 60, 200))) {
            testbed.lmStudio().set("cpuCostMillis", 0);
            for (; models < size; models++) {
                testbed.models().apply("rest-" + models, "model: " + MODEL);
            }
            testbed.awaitAllReady();
            testbed.lmStudio().set("cpuCostMillis", CALL_MILLIS);
            Footprint before = Footprint.withChildren(testbed.agent().pid());
            Clocked.pass(window);
            Footprint after = Footprint.withChildren(testbed.agent().pid());
            report.add(Figure.of(
                            "CPU of the agent at rest, `lms` included, %d models".formatted(size),
                            "% of a core",
                            100.0 * after.cpu().minus(before.cpu()).toMillis() / window.toMillis())
                    .toBe(Target.atMost(2.5)));
        }
    }
}
