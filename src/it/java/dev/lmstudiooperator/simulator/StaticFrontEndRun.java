package dev.lmstudiooperator.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Checks that the front end for images without Perl behaves like the recorded real {@code lms} too. */
@Execution(ExecutionMode.SAME_THREAD)
@TestInstance(Lifecycle.PER_CLASS)
class StaticFrontEndRun {

    private final SimulatorProcess simulator;
    private final Path directory;

    StaticFrontEndRun(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.simulator = SimulatorProcess.start(
                Files.createDirectory(directory.resolve("lm-studio")), "--lms", "target/simulator/lms");
    }

    @TestFactory
    Stream<DynamicTest> saysWhatTheRealOneSays() throws IOException {
        return SimulatorConformanceIT.cases(simulator, directory);
    }

    @AfterAll
    void stop() {
        simulator.close();
    }
}
