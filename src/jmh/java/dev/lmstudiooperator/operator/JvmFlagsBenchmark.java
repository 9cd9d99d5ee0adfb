package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;

import dev.lmstudiooperator.benchmark.Clocked;
import dev.lmstudiooperator.benchmark.Extent;
import dev.lmstudiooperator.benchmark.Figure;
import dev.lmstudiooperator.benchmark.QuietMachine;
import dev.lmstudiooperator.benchmark.Report;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Measures the resources and the speed of an agent with different JVM flags. */
@QuietMachine
@WithControlPlane
class JvmFlagsBenchmark {

    private static final String CLIENT = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";
    private static final int RUNS = Extent.number(1, 3);
    private static final int MODELS = 50;
    private static final Duration AT_REST = Duration.ofSeconds(20);

    private final ControlPlane controlPlane;
    private final TestNamespace namespace;

    JvmFlagsBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace;
    }

    @AfterEach
    void asTheImageDoes() {
        System.clearProperty(OperatorProcess.JVM_FLAGS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:+UseG1GC",
                "-XX:+UseSerialGC",
                CLIENT,
                CLIENT + " -Xms16m",
                CLIENT + " -Xms16m -Xmx96m",
                CLIENT + " -Xms16m -Xmx96m -XX:+IgnoreUnrecognizedVMOptions -XX:+UseCompactObjectHeaders",
            })
    void agent(String flags, @TempDir Path folder) throws Exception {
        System.setProperty(OperatorProcess.JVM_FLAGS, flags);
        List<Double> starts = new ArrayList<>();
        List<Double> works = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        List<Double> memory = new ArrayList<>();
        List<String> names =
                IntStream.range(0, MODELS).mapToObj("model-%d"::formatted).toList();
        for (int run = 0; run < RUNS; run++) {
            try (Testbed testbed = Testbed.start(controlPlane, namespace, folder.resolve("run-" + run))) {
                testbed.machine().restartAgent();
                starts.add(Clocked.millis(() -> testbed.agent().awaitReady()));
                names.forEach(name -> testbed.models().apply(name, LLAMA));
                works.add(Clocked.millis(() -> {
                    testbed.awaitAllReady();
                    return names;
                }));
                Clocked.pass(AT_REST);
                Footprint footprint = Footprint.of(testbed.agent().pid());
                cpu.add((double) footprint.cpu().toMillis());
                memory.add(footprint.residentMebibytes());
            }
        }
        Report report = new Report("An agent as started with `%s`".formatted(flags));
        report.add(Figure.of("start → ready", "ms", starts));
        report.add(Figure.of("%d ManagedModels applied → all Ready".formatted(MODELS), "ms", works));
        report.add(Figure.of("CPU for the start and that", "ms", cpu));
        report.add(Figure.of("memory after that", "MiB", memory));
        report.write();
    }
}
