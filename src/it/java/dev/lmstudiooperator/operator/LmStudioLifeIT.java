package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** LM Studio is restarted, stopped, updated and given new tokens while the operator runs. The operator needs no restart. */
@WithControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LmStudioLifeIT {

    private static final String FIRST_TOKEN = "sk-lm-first-0123456789";
    private static final String SECOND_TOKEN = "sk-lm-second-9876543210";

    private OperatorFixture fixture;
    private Path lms;
    private Path tokenFile;

    @BeforeAll
    void start(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path directory) throws IOException {
        tokenFile = Files.writeString(directory.resolve("token"), FIRST_TOKEN);
        fixture = OperatorFixture.start(
                controlPlane,
                namespace.name(),
                directory,
                Map.of(
                        "LMSTUDIO_OPERATOR_HTTP_TOKEN_FILE", tokenFile.toString(),
                        "LMSTUDIO_OPERATOR_LMS_READ_TIMEOUT", "30s",
                        "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API", "1s"));
        lms = fixture.lmStudio().lmsExecutable();
        fixture.operator().awaitReady();
    }

    @BeforeEach
    void writeToken() throws IOException {
        rotateTo(FIRST_TOKEN);
    }

    @AfterEach
    void tidyUp() {
        fixture.lmStudio().revokeFaults();
        fixture.lmStudio().startDaemonAndServer();
        fixture.tidyUp();
    }

    @AfterAll
    void stop() {
        fixture.close();
    }

    @Test
    void modelsComeBackWithOneLoadEachWhenLmStudioIsRestarted() {
        List<String> names = List.of("first", "second", "third");
        names.forEach(name -> fixture.apply(name, LLAMA_VERIFIED_OFTEN));
        names.forEach(fixture::awaitReady);

        fixture.lmStudio().stopDaemon();
        fixture.lmStudio().startDaemonAndServer();

        for (String name : names) {
            ManagedModel again = fixture.awaitReadyAfterLoads(name, 2);
            assertThat(again.getStatus().evictions()).isEqualTo(1);
            assertThat(again.getStatus().lastError()).isNull();
            assertThat(fixture.journal().loadsOf(name)).containsExactly("loaded", "loaded");
        }
        assertThat(fixture.lmStudio().identifiers()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(fixture.journal().mostLoadsAtOnce()).isEqualTo(1);
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @Test
    void temporaryModelStaysGoneWhenLmStudioIsRestarted() {
        fixture.apply("temporary", LLAMA_VERIFIED_OFTEN + ", retention: Temporary");
        fixture.awaitReason("temporary", "Verified");

        fixture.lmStudio().stopDaemon();
        fixture.lmStudio().startDaemonAndServer();

        ManagedModel expired = fixture.awaitReason("temporary", "Expired");
        assertThat(AppliedModels.condition(expired, "Available")).isEqualTo("False");
        assertThat(fixture.journal().loadsOf("temporary")).containsExactly("loaded");
    }

    @Test
    void loadThatARestartOfLmStudioInterruptsIsRestarted() {
        fixture.lmStudio().setLoadTime(Duration.ofMinutes(5));
        fixture.apply("broken-off", LLAMA_VERIFIED_OFTEN + ", retention: Temporary");
        fixture.lmStudio().awaitLoading();

        fixture.lmStudio().stopDaemon();
        fixture.lmStudio().setLoadTime(Duration.ZERO);
        fixture.lmStudio().startDaemonAndServer();

        fixture.awaitReadyAfterLoads("broken-off", 1);
        assertThat(fixture.journal().loadsOf("broken-off")).containsExactly("cancelled", "loaded");
        assertThat(fixture.lmStudio().identifiers()).containsExactly("broken-off");
    }

    @Test
    void lmStudioThatWasStoppedOnPurposeIsNotStartedByTheOperator() {
        fixture.lmStudio().setInstalled(true);
        fixture.applyAndAwaitReady("stopped", LLAMA_VERIFIED_OFTEN);

        fixture.lmStudio().stopDaemon();

        ManagedModel unclear = fixture.awaitUnknown("stopped", "LMStudioUnreachable");
        assertThat(AppliedModels.condition(unclear, "Available")).isEqualTo("Unknown");
        assertThat(AppliedModels.condition(unclear, "Reconciling")).isEqualTo("True");
        assertThat(AppliedModels.message(unclear)).contains("start LM Studio");
        fixture.lmStudio().awaitCalls("ps", 5);
        assertThat(fixture.lmStudio().state().path("daemon").asText()).isEqualTo("down");
        assertThat(fixture.journal().calls("daemon")).isEmpty();
        assertThat(fixture.journal().calls("server", "start")).isEmpty();
        assertThat(fixture.journal().effects()).noneMatch(effect -> effect.contains("start"));
        assertThat(fixture.journal().loadsOf("stopped")).containsExactly("loaded");

        fixture.lmStudio().startDaemonAndServer();

        fixture.awaitReadyAfterLoads("stopped", 2);
        assertThat(fixture.journal().loadsOf("stopped")).containsExactly("loaded", "loaded");
    }

    @Test
    void updatedLmStudioIsAskedAgainAsSoonAsTheLmsThatCameWithItIsThere() throws IOException {
        fixture.applyAndAwaitReady("updated", LLAMA_VERIFIED_OFTEN);

        fixture.lmStudio().stopDaemon();
        fixture.lmStudio().set("version", "0.5.0+1");
        fixture.lmStudio().fault(Fault.on("cli", "unknownCall"));
        fixture.lmStudio().startDaemonAndServer();

        ManagedModel unclear = fixture.awaitUnknown("updated", "VersionMismatch");
        assertThat(AppliedModels.message(unclear)).contains("use the lms that came with the running LM Studio");
        assertThat(fixture.journal().loadsOf("updated")).containsExactly("loaded");

        Path used = replaceLms("updated");
        fixture.lmStudio().revokeFaults();

        fixture.awaitReadyAfterLoads("updated", 2);
        assertThat(used).exists();
        assertThat(fixture.journal().loadsOf("updated")).containsExactly("loaded", "loaded");
    }

    @Test
    void replacedLmsIsUsedFromTheNextCallOn() throws IOException {
        fixture.applyAndAwaitReady("replaced", LLAMA_VERIFIED_OFTEN);

        Path used = replaceLms("replaced");
        fixture.lmStudio().evict("replaced");

        fixture.awaitReadyAfterLoads("replaced", 2);
        assertThat(used).exists();
        assertThat(fixture.journal().loadsOf("replaced")).containsExactly("loaded", "loaded");
    }

    @Test
    void runningLoadOutlivesTheReplacementOfItsLms() throws IOException {
        fixture.lmStudio().setLoadTime(Duration.ofMinutes(5));
        fixture.apply("loading", LLAMA_VERIFIED_OFTEN);
        fixture.lmStudio().awaitLoading();

        Path used = replaceLms("loading");
        fixture.lmStudio().advanceClock(Duration.ofMinutes(5));

        fixture.awaitReadyAfterLoads("loading", 1);
        assertThat(used).exists();
        assertThat(fixture.journal().loadsOf("loading")).containsExactly("loaded");
    }

    @Test
    void runningLoadIsCancelledThoughItsLmsWasReplaced() throws IOException {
        fixture.lmStudio().setLoadTime(Duration.ofMinutes(5));
        fixture.apply("cancelled", LLAMA_VERIFIED_OFTEN);
        fixture.lmStudio().awaitLoading();

        replaceLms("cancelled");
        fixture.deleteAndAwaitGone("cancelled");

        assertThat(fixture.journal().loadsOf("cancelled")).containsExactly("cancelled");
        assertThat(fixture.lmStudio().identifiers()).isEmpty();
    }

    @Test
    void rotatedTokenIsUsedAndNeverReported() throws IOException {
        fixture.lmStudio().set("token", SECOND_TOKEN);
        fixture.apply("guarded", LLAMA_VERIFIED_OFTEN);
        ManagedModel unclear = fixture.awaitUnknown("guarded", "NotAuthenticated");
        assertThat(AppliedModels.message(unclear)).contains("token from LM Studio's developer settings");

        rotateTo(SECOND_TOKEN);
        fixture.awaitReason("guarded", "Verified");

        fixture.lmStudio().set("token", FIRST_TOKEN);
        long echo = fixture.lmStudio()
                .fault(Fault.on("http", "status")
                        .with("status", 401)
                        .with("body", "{\"error\":{\"message\":\"%s is not %s\"}}".formatted(SECOND_TOKEN, "right")));
        fixture.awaitReason("guarded", "NotAuthenticated");
        fixture.lmStudio().revoke(echo);
        rotateTo(FIRST_TOKEN);
        fixture.awaitReason("guarded", "Verified");

        assertThat(fixture.journal().loadsOf("guarded")).containsExactly("loaded");
        assertThat(fixture.models().modelsAndEvents())
                .contains("NotAuthenticated")
                .doesNotContain(FIRST_TOKEN, SECOND_TOKEN);
        assertThat(fixture.operator().log()).contains("NotAuthenticated").doesNotContain(FIRST_TOKEN, SECOND_TOKEN);
        assertThat(fixture.journal().calls())
                .noneMatch(call -> call.argv().toString().contains("sk-lm-"));
    }

    /** Replaces the executable as an update does. The new file leaves a trace when it is used. */
    private Path replaceLms(String name) throws IOException {
        Path used = lms.resolveSibling("used-" + name);
        Path update = lms.resolveSibling("lms.update");
        Files.writeString(
                update,
                Files.readString(lms).replaceFirst("use strict;", "use strict; open my \\$used, '>', '" + used + "';"));
        Files.setPosixFilePermissions(update, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(update, lms, StandardCopyOption.ATOMIC_MOVE);
        return used;
    }

    /** Replaces the file with another one, as the rotation of a mounted secret does. */
    private void rotateTo(String token) throws IOException {
        Path next = Files.writeString(tokenFile.resolveSibling("token.next"), token);
        Files.move(next, tokenFile, StandardCopyOption.ATOMIC_MOVE);
    }
}
