package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;

import dev.lmstudiooperator.benchmark.Clocked;
import dev.lmstudiooperator.benchmark.Extent;
import dev.lmstudiooperator.benchmark.Figure;
import dev.lmstudiooperator.benchmark.QuietMachine;
import dev.lmstudiooperator.benchmark.Report;
import dev.lmstudiooperator.benchmark.Target;
import dev.lmstudiooperator.controlplane.ClassArchive;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures the resources of an agent, compared with an operator of the same extensions that does nothing. */
@QuietMachine
@WithControlPlane
class FootprintBenchmark {

    private static final Path NOTHING = Path.of("target", "do-nothing", "quarkus-app", "quarkus-run.jar");
    private static final Duration WINDOW = Duration.ofSeconds(Extent.number(20, 300));
    private static final int STARTS = Extent.number(2, 10);
    private static final double MOST_MILLIS_WITH_ARCHIVE = 2000;
    private static final int MODELS = Extent.number(60, 200);

    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(50);

    /** The CPU time of one call of the real {@code lms}, which a user who calls it manually spends too. */
    private static final int CALL_MILLIS = 300;

    private static final double MILLIS_PER_MINUTE = 60_000;

    private static final Predicate<String> PROVEN = Pattern.compile(
                    "lms_model_verification_attempts_total\\{.*result=\"passed\"} [1-9].*")
            .asMatchPredicate();

    private final ControlPlane controlPlane;
    private final TestNamespace namespace;

    FootprintBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace;
    }

    @Test
    void memoryProcessorAndStart(@TempDir Path folder) {
        Report report = new Report("What an agent takes");
        List<Double> nothingStarts = new ArrayList<>();
        for (int start = 0; start < STARTS; start++) {
            try (OperatorProcess nothing = launchNothing()) {
                nothingStarts.add(Launch.millisUntil(nothing, BETWEEN_QUESTIONS, () -> nothing.get("/q/health/ready")
                        .startsWith("200")));
            }
        }
        Share atRest;
        try (OperatorProcess nothing = launchNothing()) {
            nothing.awaitReady();
            atRest = share(nothing);
        }
        try (Testbed testbed = Testbed.start(controlPlane, namespace, folder)) {
            AgentFixture machine = testbed.machine();
            testbed.models().applyAndAwaitReady("chat", LLAMA);
            machine.lmStudio().set("cpuCostMillis", CALL_MILLIS);
            Share agent = share(machine.agent());
            machine.lmStudio().set("cpuCostMillis", 0);

            report.add(Figure.of("memory", "MiB", agent.mebibytes())
                    .against(atRest.mebibytes())
                    .toBe(Target.atMostOf(atRest.mebibytes(), 1.25, 0)));
            double calls = machine.lmStudio().journal().calls("ps").size();
            double floor = atRest.percent() + 100 * CALL_MILLIS / MILLIS_PER_MINUTE;
            report.add(Figure.of("CPU at rest, `lms` included", "% of a core", agent.percent())
                    .against(floor)
                    .toBe(Target.atMostOf(floor, 1.5, 0)));
            report.add(Figure.of("calls of `lms ps` so far", "calls", calls));

            int loads = machine.lmStudio().journal().calls("load").size();
            double nothing = Figure.of("", "", nothingStarts).median();
            report.add(Figure.of("`kill -9` and a start → verified again", "ms", starts(machine))
                    .against(nothing)
                    .toBe(Target.atMostOf(nothing, 1.3, Testbed.POLL_INTERVAL_MILLIS)));
            report.add(
                    Figure.of("the same with the archive of `deploy/archive-classes`", "ms", startsWithArchive(machine))
                            .toBe(Target.atMost(MOST_MILLIS_WITH_ARCHIVE)));
            report.add(Figure.of(
                            "loads for that",
                            "loads",
                            machine.lmStudio().journal().calls("load").size() - loads)
                    .toBe(Target.atMost(0)));

            for (int model = 0; model < MODELS; model++) {
                testbed.models().apply("default-" + model, "model: llama-3.2-1b-instruct");
            }
            testbed.awaitAllReady();
            report.add(Figure.of(
                            "memory with %d ManagedModels with default settings".formatted(MODELS),
                            "MiB",
                            share(machine.agent()).mebibytes())
                    .against(atRest.mebibytes())
                    .toBe(Target.atMostOf(atRest.mebibytes(), 1.2, 0)));
        }
        report.write();
    }

    private static List<Double> startsWithArchive(AgentFixture machine) {
        System.setProperty(ClassArchive.ENABLED, "true");
        try {
            return starts(machine);
        } finally {
            System.setProperty(ClassArchive.ENABLED, "false");
        }
    }

    private static List<Double> starts(AgentFixture machine) {
        List<Double> starts = new ArrayList<>();
        for (int start = 0; start < STARTS; start++) {
            machine.restartAgent();
            starts.add(Launch.millisUntil(machine.agent(), BETWEEN_QUESTIONS, () -> hasVerified(machine.agent())));
        }
        return starts;
    }

    private OperatorProcess launchNothing() {
        return OperatorProcess.launch(
                NOTHING, Map.of("KUBECONFIG", controlPlane.adminKubeconfig().toString()));
    }

    private static boolean hasVerified(OperatorProcess agent) {
        return agent.get("/q/metrics").lines().anyMatch(PROVEN);
    }

    /** The share of a process, including its children that have ended. */
    private record Share(double percent, double mebibytes) {}

    private static Share share(OperatorProcess process) {
        Footprint before = Footprint.withChildren(process.pid());
        Clocked.pass(WINDOW);
        Footprint after = Footprint.withChildren(process.pid());
        return new Share(
                100.0 * after.cpu().minus(before.cpu()).toMillis() / WINDOW.toMillis(), after.residentMebibytes());
    }
}
