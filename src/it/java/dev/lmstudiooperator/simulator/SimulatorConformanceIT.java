package dev.lmstudiooperator.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Checks that the simulated {@code lms} behaves like the recorded real one. */
@Execution(ExecutionMode.SAME_THREAD)
@SimulatorTest
class SimulatorConformanceIT {

    private static final Path CASES = Path.of("src/it/resources/conformance");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final SimulatorProcess simulator;
    private final Path directory;

    SimulatorConformanceIT(SimulatorProcess simulator, @TempDir Path directory) {
        this.simulator = simulator;
        this.directory = directory;
    }

    @TestFactory
    Stream<DynamicTest> saysWhatTheRealOneSays() throws IOException {
        return cases(simulator, directory);
    }

    static Stream<DynamicTest> cases(SimulatorProcess simulator, Path directory) throws IOException {
        try (var files = Files.walk(CASES)) {
            var cases = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
            assertThat(cases).hasSizeGreaterThan(100);
            return cases.stream()
                    .map(file -> DynamicTest.dynamicTest(
                            CASES.relativize(file).toString(), file.toUri(), () -> check(simulator, file, directory)));
        }
    }

    private static void check(SimulatorProcess simulator, Path file, Path directory) throws IOException {
        var serverInfo = MAPPER.readValue(Files.readAllBytes(file), ConformanceCase.class);
        new ConformanceRun(simulator, serverInfo, directory).check();
    }
}
