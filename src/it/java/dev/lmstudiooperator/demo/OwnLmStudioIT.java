package dev.lmstudiooperator.demo;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Program;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import dev.lmstudiooperator.simulator.SimulatorTest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that the demo refuses an unsuitable LM Studio of the user with an explanation. The simulator acts as that LM
 * Studio.
 */
@SimulatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnLmStudioIT {

    private static final String UNKNOWN_MODEL = "no-such-model";
    private static final String NOT_DOWNLOADED = "'no-such-model' is not downloaded. Downloaded models:\n";

    private final SimulatorProcess simulator;
    private final Program demo;

    OwnLmStudioIT(SimulatorProcess simulator, @TempDir Path directory) throws IOException {
        this.simulator = simulator;
        var clone = clone(Path.of("").toAbsolutePath(), directory.resolve("clone"));
        demo = new Program(clone.resolve("hack/demo/demo"), environment(directory), directory);
    }

    @Test
    void listIsReadAgainWhenAnInstanceExpiresMeanwhile() {
        simulator.fault(Fault.on("ls", "alreadyUnloaded").times(2));
        assertThat(refusal(UNKNOWN_MODEL)).contains(NOT_DOWNLOADED, "\n  qwen3-4b\n");
        assertThat(simulator.journal().calls("ls")).hasSize(3);
    }

    @Test
    void listIsNotReadForEver() {
        simulator.fault(Fault.on("ls", "alreadyUnloaded"));
        assertThat(refusal(UNKNOWN_MODEL))
                .contains("`lms ls --json` failed; is LM Studio running? Its output:", "already been unloaded");
        assertThat(simulator.journal().calls("ls")).hasSize(3);
    }

    @Test
    void otherFailureIsReportedImmediately() {
        simulator.fault(Fault.on("ls", "exit").with("stderr", "Error: broken\n"));
        assertThat(refusal(UNKNOWN_MODEL)).contains("Its output: Error: broken");
        assertThat(simulator.journal().calls("ls")).hasSize(1);
    }

    @Test
    void modelOfALinkedDeviceIsRefused() {
        assertThat(refusal("remote-big-120b"))
                .contains("only a linked device has the model 'remote-big-120b'", "Download it on this machine")
                .contains("\n  shared-14b\n")
                .doesNotContain("\n  remote-big-120b\n");
    }

    @Test
    void modelThatIsAlsoOnALinkedDeviceIsAccepted() {
        simulator.placeInstance("qwen3-4b", "lmstudio-operator-demo");
        assertThat(refusal("shared-14b")).contains("an instance lmstudio-operator-demo is loaded already");
    }

    @Test
    void agentThatRunsAlreadyIsNamedBeforeAnythingElse() throws IOException {
        var lock = lockFile();
        try (var held = FileChannel.open(lock, CREATE, WRITE)) {
            assertThat(held.tryLock()).isNotNull();
            assertThat(refusal("qwen3-4b"))
                    .contains("an agent of lmstudio-operator already runs for this LM Studio")
                    .contains("process " + ProcessHandle.current().pid() + " has locked " + lock)
                    .contains("Stop it first");
        }
        assertThat(simulator.journal().calls()).isEmpty();
    }

    @Test
    void fileWithoutALockIsNotAnAgent() throws IOException {
        Files.writeString(lockFile(), ProcessHandle.current().pid() + "\n");
        assertThat(refusal(UNKNOWN_MODEL)).contains(NOT_DOWNLOADED);
    }

    /** Returns the message of a demo that exits before it starts any process. */
    private String refusal(String model) {
        var output = demo.run("--lms", simulator.lmsExecutable().toString(), "--model", model);
        assertThat(output.exitCode()).as(output.out() + output.err()).isEqualTo(1);
        assertThat(output.out()).doesNotContain("starting etcd");
        return output.out();
    }

    /** Returns the lock file of an agent with the default state directory. */
    private Path lockFile() throws IOException {
        return Files.createDirectories(simulator.home().resolve(".lmstudio-operator"))
                .resolve("lock");
    }

    /** Creates a project directory with its own target directory, so that the test does not affect a running demo. */
    private static Path clone(Path project, Path clone) throws IOException {
        var target = Files.createDirectories(clone.resolve("target"));
        Files.createSymbolicLink(clone.resolve("hack"), project.resolve("hack"));
        for (var built : new String[] {"quarkus-app", "simulator"}) {
            Files.createSymbolicLink(
                    target.resolve(built), project.resolve("target").resolve(built));
        }
        return clone;
    }

    /** HOME is that of LM Studio, but the downloaded binaries are in the cache of the user who runs the tests. */
    private Map<String, String> environment(Path workFolder) {
        var controlPlane = new Program(Path.of("hack/envtest/control-plane").toAbsolutePath(), Map.of(), workFolder);
        var binaries = Path.of(controlPlane.run("install").orThrow().strip());
        return Map.of(
                "HOME", simulator.home().toString(),
                "JAVA_HOME", System.getProperty("java.home"),
                "LMSTUDIO_OPERATOR_CACHE", binaries.resolve("../..").normalize().toString());
    }
}
