package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that cannot be written. Permissions do not restrict root, and not every user can mount a file system. A read-only
 * folder is therefore a link to {@code /proc}, where no user can create a file. A full disk is a limit on the file size.
 */
@WithControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DiskIT {

    private static final Path UNWRITABLE = Path.of("/proc");
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    private Path disk;
    private Path scratch;
    private Path state;
    private OperatorFixture fixture;

    @BeforeAll
    void start(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path directory) throws IOException {
        disk = Files.createDirectory(directory.resolve("disk"));
        scratch = directory.resolve("scratch");
        state = directory.resolve("state");
        point(scratch, disk);
        fixture = OperatorFixture.start(
                controlPlane,
                namespace.name(),
                directory,
                Map.of(
                        "LMSTUDIO_OPERATOR_LMS_WORK_DIR", scratch.toString(),
                        "LMSTUDIO_OPERATOR_LEASE_DURATION", "4s",
                        "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API", "1s"));
        fixture.operator().awaitReady();
    }

    @AfterEach
    void tidyUp() throws IOException {
        point(scratch, disk);
        fixture.tidyUp();
        assertThat(disk).isEmptyDirectory();
    }

    @AfterAll
    void stop() {
        fixture.close();
    }

    @Test
    void unwritableOutputFolderIsReportedOnceAndUsedAgainWhenItIsWritable() throws IOException {
        fixture.applyAndAwaitLoad("read-only", LLAMA_VERIFIED_OFTEN);

        point(scratch, UNWRITABLE);
        fixture.lmStudio().evict("read-only");

        assertReported("read-only");
        assertThat(fixture.operator().linesWith("LM Studio is unreachable: endpoint=lms"))
                .hasSize(1);

        point(scratch, disk);
        fixture.awaitReadyAfterLoads("read-only", 2);
        assertThat(fixture.operator().log()).contains("LM Studio is reachable again: endpoint=lms");
    }

    @Test
    void fullDiskIsReportedAndUsedAgainWhenItHasSpace() throws Exception {
        assumeThat(PRLIMIT).isExecutable();
        fixture.applyAndAwaitLoad("full", LLAMA_VERIFIED_OFTEN);

        limitFiles("0");
        fixture.lmStudio().evict("full");

        assertReported("full");

        limitFiles("unlimited");
        fixture.awaitReadyAfterLoads("full", 2);
    }

    @Test
    void unwritableStateFolderIsReportedAndUsedWhenItIsWritable() throws IOException {
        point(state, UNWRITABLE);
        fixture.operator().kill();
        try (OperatorProcess next = fixture.launchBeside(Map.of("LMSTUDIO_OPERATOR_STATE_DIR", state.toString()))) {
            next.awaitNotReady("lmstudio-operator.state-dir");
            assertThat(next.log()).contains("Standing by: not the agent of the node", state.toString());

            point(state, Files.createDirectory(disk.resolveSibling("state-that-can")));

            next.awaitReady();
            fixture.applyAndAwaitLoad("later", LLAMA_VERIFIED_OFTEN);
            fixture.deleteAndAwaitGone("later");
        } finally {
            fixture.restartOperator();
        }
    }

    private void assertReported(String name) {
        ManagedModel unclear = fixture.awaitUnknown(name, "CLINotUsable");
        assertThat(AppliedModels.message(unclear))
                .contains(scratch.toString(), "make the folder writable and free space on it");
        assertThat(fixture.operator().get("/q/health/live")).startsWith("200");
        // The HTTP API needs no disk and does not list the instance. Further polls have the same result and cause no
        // status
        // change.
        ManagedModelStatus reported = fixture.await(
                        name,
                        "is not available",
                        model -> Objects.equals(AppliedModels.condition(model, "Available"), "False"))
                .getStatus();
        fixture.lmStudio().awaitRequests(15);
        assertThat(fixture.resource(name).get().getStatus()).isEqualTo(reported);
        assertThat(fixture.journal().loadsOf(name)).containsExactly("loaded");
    }

    /**
     * Sets the limit for the operator and the processes that it starts from now on. It applies to files that are open
     * already, but not to sockets.
     */
    private void limitFiles(String bytes) throws IOException, InterruptedException {
        Process limit = new ProcessBuilder(
                        PRLIMIT.toString(), "--pid=" + fixture.operator().pid(), "--fsize=" + bytes + ":")
                .inheritIO()
                .start();
        assertThat(limit.waitFor()).isZero();
    }

    private static void point(Path link, Path target) throws IOException {
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, target);
    }
}
