package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

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
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An LM Studio that is away for long, and people who cannot make up their minds. */
@QuietMachine
@WithControlPlane
class EnduranceBenchmark {

    private static final Duration OUTAGE = Duration.ofSeconds(Extent.number(60, 600));
    private static final Duration CHURN = Duration.ofSeconds(Extent.number(20, 300));
    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(50);

    private final ControlPlane controlPlane;
    private final TestNamespace namespace;
    private Testbed testbed;

    EnduranceBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace;
    }

    @BeforeEach
    void start(@TempDir Path folder) {
        testbed = Testbed.start(controlPlane, namespace, folder);
        testbed.models().apply("chat", Testbed.AT_ONCE);
        testbed.models().awaitReady("chat");
    }

    @AfterEach
    void stop() {
        testbed.close();
    }

    @Test
    void outage() {
        Report report = new Report("LM Studio is away for %d s".formatted(OUTAGE.toSeconds()));
        SimulatorProcess lmStudio = testbed.lmStudio();
        int calls = testbed.calls();
        lmStudio.stopDaemon();
        Clocked.pass(OUTAGE);
        report.add(Figure.of("processes that were started meanwhile", "processes", testbed.calls() - calls)
                .toBe(Target.atMost(15)));
        lmStudio.startDaemon();
        lmStudio.startServer();
        Instant back = Instant.now();
        eventually(
                "the model is served again",
                Testbed.PATIENCE,
                () -> testbed.models().resource("chat").get(),
                model -> "True".equals(AppliedModels.condition(model, "Ready"))
                        && Integer.valueOf(2).equals(model.getStatus().loads()));
        report.add(Figure.of("LM Studio is back → Ready", "s", Clocked.seconds(back, Instant.now()))
                .toBe(Target.atMost(62)));
        report.write();
    }

    @Test
    void churn() {
        Report report = new Report("A spec that changes 20 times per second for %d s".formatted(CHURN.toSeconds()));
        Instant over = Instant.now().plus(CHURN);
        long ttlSeconds = 600;
        for (Instant next = Instant.now(); next.isBefore(over); next = next.plus(BETWEEN_CHANGES)) {
            Instant due = next;
            eventually("it is time", Instant::now, now -> !now.isBefore(due));
            ttlSeconds++;
            testbed.models().apply("chat", Testbed.AT_ONCE + ", ttlSeconds: " + ttlSeconds);
        }
        long last = ttlSeconds;
        Instant changed = Instant.now();
        eventually(
                "the last state is reached",
                Testbed.PATIENCE,
                () -> testbed.models().resource("chat").get(),
                model -> "True".equals(AppliedModels.condition(model, "Ready"))
                        && Long.valueOf(last)
                                .equals(AppliedModels.instance(model).ttlSeconds()));
        report.add(Figure.of("changes", "per second", (last - 600) / (double) CHURN.toSeconds()));
        report.add(Figure.of("the last change → Ready", "s", Clocked.seconds(changed, Instant.now())));
        report.add(Figure.percentile("the lane is free → the next load or unload begins", "s", idleTimes(), 0.99)
                .toBe(Target.atMost(1)));
        report.write();
    }

    /** Between two calls that change LM Studio, while there was always something to change. */
    private List<Double> idleTimes() {
        List<JournalEntry> calls = Stream.of("load", "unload")
                .flatMap(word -> testbed.lmStudio().journal().calls(word).stream())
                .sorted(Comparator.comparing(JournalEntry::startedAt))
                .toList();
        List<Double> idle = new ArrayList<>();
        for (int i = 2; i < calls.size(); i++) {
            idle.add(Clocked.seconds(
                    calls.get(i - 1).endedAt().orElseThrow(), calls.get(i).startedAt()));
        }
        return idle;
    }
}
