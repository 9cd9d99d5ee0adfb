package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * While LM Studio is unreachable, the status reports the cause and the remedy, and the agent changes nothing. It recovers by
 * itself.
 */
@OperatorTest
class DegradedIT {

    private static final String LLAMA = "model: llama-3.2-1b-instruct, verification: {periodSeconds: 5}";

    private final OperatorFixture fixture;
    private Path lms;

    DegradedIT(OperatorFixture fixture) {
        this.fixture = fixture;
        this.lms = fixture.lmStudio().lmsExecutable();
    }

    @AfterEach
    void repair() throws IOException {
        if (Files.exists(hidden())) {
            Files.move(hidden(), lms);
        }
        fixture.lmStudio().startDaemonAndServer();
        allow("rwxr-xr-x");
    }

    @Test
    @FailureScenario(Category.MODEL_LOADING)
    void missingLmsIsReportedWithItsPathUntilItAppears() throws IOException {
        Files.move(lms, hidden());
        fixture.restartOperator();
        fixture.apply("missing", LLAMA);

        ManagedModel unclear = fixture.awaitUnknown("missing", "CLINotUsable");

        assertThat(AppliedModels.message(unclear)).contains("There is no lms at " + lms, "install LM Studio");
        assertThat(fixture.operator().linesWith("There is no lms at", "ConnectivityLogger"))
                .hasSize(1);
        // The log line follows the status.
        eventually("the condition change is logged", () -> fixture.operator().log(), log -> log.lines()
                .anyMatch(line -> line.contains("name=missing model=llama-3.2-1b-instruct")
                        && line.contains("reason=CLINotUsable")));
        assertThat(fixture.operator().get("/q/health/live")).startsWith("200");

        Files.move(hidden(), lms);
        becomesReadyWithOneLoad("missing");
    }

    @Test
    void lmsWithoutExecutePermissionIsReported() throws IOException {
        allow("rw-r--r--");
        fixture.restartOperator();
        fixture.apply("not-executable", LLAMA);

        ManagedModel unclear = fixture.awaitReason("not-executable", "CLINotUsable");

        assertThat(AppliedModels.message(unclear)).contains(lms.toString(), "chmod u+x");
        allow("rwxr-xr-x");
        becomesReadyWithOneLoad("not-executable");
    }

    @Test
    void lmsThatOthersMayReplaceIsNotRun() throws IOException {
        allow("rwxrwxrwx");
        long before = fixture.journal().calls().size();
        fixture.restartOperator();
        fixture.apply("replaceable", LLAMA);

        ManagedModel unclear = fixture.awaitReason("replaceable", "CLINotUsable");

        assertThat(AppliedModels.message(unclear))
                .contains(lms.toString(), "can be replaced by other users", "chmod go-w");
        assertThat(fixture.journal().calls()).hasSize((int) before);
        allow("rwxr-xr-x");
        becomesReadyWithOneLoad("replaceable");
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void absentLmStudioIsReportedUntilItStarts() {
        fixture.lmStudio().stopDaemon();
        fixture.apply("unreachable", LLAMA);

        ManagedModel unclear = fixture.awaitUnknown("unreachable", "LMStudioUnreachable");

        assertThat(AppliedModels.message(unclear)).contains("start LM Studio");
        assertThat(loads("unreachable")).isZero();

        fixture.lmStudio().startDaemonAndServer();
        becomesReadyWithOneLoad("unreachable");
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void modelIsNotVerifiedAndLoadedOnceWhileTheHttpServerIsStopped() {
        fixture.lmStudio().stopServer();
        fixture.apply("unverified", LLAMA);

        ManagedModel unclear = fixture.awaitUnknown("unverified", "ServerNotRunning");

        assertThat(AppliedModels.message(unclear)).contains("lms server start");

        fixture.lmStudio().startServer();
        becomesReadyWithOneLoad("unverified");
    }

    @Test
    void loadedModelIsUnknownAfterLmStudioStops() {
        fixture.applyAndAwaitReady("vanishing", LLAMA);

        fixture.lmStudio().stopDaemon();
        fixture.awaitUnknown("vanishing", "LMStudioUnreachable");

        fixture.lmStudio().startDaemonAndServer();
        fixture.awaitReady("vanishing");
        assertThat(loads("vanishing")).isEqualTo(2);
        fixture.deleteAndAwaitGone("vanishing");
    }

    private void becomesReadyWithOneLoad(String name) {
        fixture.awaitReady(name);
        assertThat(loads(name)).isEqualTo(1);
        fixture.deleteAndAwaitGone(name);
    }

    /** Loads that LM Studio began. A call that could not reach LM Studio does not count. */
    private long loads(String name) {
        return fixture.journal().loads().stream()
                .filter(load -> load.raw().path("identifier").asText().equals(name))
                .count();
    }

    private Path hidden() {
        return lms.resolveSibling("lms.hidden");
    }

    private void allow(String permissions) throws IOException {
        Files.setPosixFilePermissions(lms, PosixFilePermissions.fromString(permissions));
    }
}
