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
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures an LM Studio that is unavailable for a long time, and users who change a spec repeatedly. */
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
        testbed.models().applyAndAwaitReady("chat", LLAMA);
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
            eventually("the next change is due", Instant::now, now -> !now.isBefore(due));
            ttlSeconds++;
            testbed.models().apply("chat", LLAMA + ", ttlSeconds: " + ttlSeconds);
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
        report.add(Figure.percentile("the lane is free → the next turn begins", "s", idleTimes(), 0.99)
                .toBe(Target.atMost(1)));
        report.write();
    }

    /**
     * Returns the times between operations from the log of the agent: from the end of one operation to the start of the
     * next. There is always a next operation to perform.
     */
    private List<Double> idleTimes() {
        List<Double> idle = new ArrayList<>();
        @Nullable Instant endedAt = null;
        for (String line : testbed.agent().lines().toList()) {
            if (line.contains("Started operation on LM Studio") && endedAt != null) {
                idle.add(Clocked.seconds(endedAt, time(line)));
            } else if (line.contains("Finished operation on LM Studio")) {
                endedAt = time(line);
            }
        }
        return idle;
    }

    private static Instant time(String line) {
        return Instant.parse(line.substring(0, line.indexOf(' ')));
    }
}
