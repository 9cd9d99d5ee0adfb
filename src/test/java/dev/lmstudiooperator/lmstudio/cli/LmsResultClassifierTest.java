package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessResult;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessResult.ExitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LmsResultClassifierTest {

    /** Recorded stderr of lms: {@code lms-errors/<failure type>/<kind>/<transcript>.txt}. */
    @TestFactory
    Stream<DynamicTest> wordsOfTheRealLmsAreUnderstood() throws IOException, URISyntaxException {
        Path root = root();
        try (Stream<Path> files = Files.walk(root)) {
            return files
                    .filter(Files::isRegularFile)
                    .sorted()
                    .map(file -> DynamicTest.dynamicTest(root.relativize(file).toString(), () -> {
                        LmStudioFailure failure = verdict(Operation.LOAD, new ExitStatus.Exited(1), read(file));

                        assertThat(kind(failure))
                                .isEqualTo(root.relativize(file.getParent()).toString());
                        assertThat(failure.explanation()).contains(" — ").hasSizeLessThan(900);
                    }))
                    .toList()
                    .stream();
        }
    }

    @Test
    void messageContainsTheErrorWithoutTheNoise() {
        String stderr = """
                W 2 models match the provided model key on the same device. Loading the first one.
                [LMStudioClient][LLM][ClientPort] WebSocket error: Error: x
                    at <anonymous> (<bundle>)
                Error: Failed to load model


                   (X) CAUSE

                The model has crashed without additional information. (Exit code: 139)
                """;

        assertThat(verdict(Operation.LOAD, new ExitStatus.Exited(1), stderr).explanation())
                .isEqualTo(
                        "lms load failed (exit 1): Error: Failed to load model The model has crashed without additional"
                                + " information. (Exit code: 139) — check LM Studio's log; exhausted memory often looks like this");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sick-auth-rejected", "host-auth-rejected"})
    void messageOfARefusedKeyContainsTheCauseAndNotOnlyTheClosedConnection(String transcript) {
        String stderr = recorded("infrastructure/NOT_AUTHENTICATED/" + transcript);

        assertThat(verdict(Operation.LIST_LOADED, new ExitStatus.Exited(1), stderr)
                        .explanation())
                .isEqualTo(
                        "lms ps failed (exit 1): Error: Failed to authenticate: Invalid client passkey"
                                + " Error: WebSocket connection closed"
                                + " — use the lms that came with the running LM Studio, as the same user with the same home directory");
    }

    @Test
    void timeoutOfARefusedKeyContainsTheCauseToo() {
        String stderr =
                "[LMStudioClient][LLM][ClientPort] WebSocket error: Error: Failed to authenticate: Invalid passkey\n";

        assertThat(verdict(Operation.LIST_LOADED, new ExitStatus.TimedOut(Duration.ofSeconds(10)), stderr)
                        .explanation())
                .startsWith("lms ps hung: Error: Failed to authenticate: Invalid passkey — ");
    }

    /** Messages of the client library, for any operation. */
    @ParameterizedTest
    @CsvSource({
        "Error: Model loading was stopped due to insufficient system resources., domain/INSUFFICIENT_MEMORY",
        "Error: listen EADDRINUSE: address already in use, domain/REFUSED",
        "Error: Unsupported model format: onnx, domain/UNLISTABLE_INSTANCE",
        "Error: This model has already been unloaded, domain/INSTANCE_GONE",
        "Error: ENOSPC: no space left on device, domain/DISK_FULL",
        "Error: The model has crashed without additional information. (Exit code: 6), domain/ENGINE_FAILED",
        "Error: connect ECONNREFUSED 127.0.0.1:41343, infrastructure/UNREACHABLE",
        "Error: something new, infrastructure/UNREACHABLE"
    })
    void causeThatOnlyTheClientLibraryReportsIsIncluded(String cause, String kind) {
        String stderr = """
                W 2 models match the provided model key on the same device. Loading the first one.
                [LMStudioClient][LLM][ClientPort][WsClientTransport:X] WebSocket error: %s
                    at <anonymous> (<bundle>)
                [LMStudioClient][LLM] WebSocket error: %s
                Error: it failed
                """.formatted(cause, cause);

        LmStudioFailure failure = verdict(Operation.LOAD, new ExitStatus.Exited(1), stderr);

        assertThat(kind(failure)).isEqualTo(kind);
        assertThat(failure.explanation()).startsWith("lms load failed (exit 1): " + cause + " Error: it failed — ");
    }

    @Test
    void linesOfTheClientLibraryAreBetterThanNoWord() {
        String stderr = "[LMStudioClient][LLM][ClientPort] something new\n    at close (ws:185:15)\n";

        assertThat(verdict(Operation.LIST_LOADED, new ExitStatus.Exited(1), stderr)
                        .explanation())
                .isEqualTo("lms ps failed (exit 1): something new — run the command manually");
    }

    @Test
    void lostConnectionIsReportedOnce() {
        String stderr = recorded("infrastructure/UNREACHABLE/load-backend-dies");

        assertThat(verdict(Operation.LOAD, new ExitStatus.Exited(1), stderr).explanation())
                .startsWith("lms load failed (exit 1): Error: WebSocket connection closed — ");
    }

    /** The advice of lms addresses a user who typed the command. */
    @Test
    void unknownPathIsReportedWithoutAdviceAboutOptions() {
        String stderr = recorded("domain/MODEL_NOT_FOUND/load-exact-unknown-path");

        assertThat(verdict(Operation.LOAD, new ExitStatus.Exited(1), stderr).explanation())
                .isEqualTo("lms load failed (exit 1): Model not found No model found with path being exactly"
                        + " \"acme/nothing/nothing.gguf\". To see a list of all downloaded models, run: lms ls"
                        + " — compare with `lms ls` or the catalogue");
    }

    @Test
    void unloadOfSomethingUnknownIsASuccess() {
        ProcessResult finished =
                finished(new ExitStatus.Exited(0), "Model Not Found\n\nCannot find a model with the identifier");

        assertThat(LmsResultClassifier.on(Operation.UNLOAD, finished)).isEmpty();
    }

    /** No full disk was recorded. These are messages of the operating system and its libraries. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error: ENOSPC: no space left on device, write",
                "Error: Download failed: ENOSPC: no space left on device, write",
                "Error: Not enough disk space. Required: 2.00 GB, available: 1.00 GB",
                "Error: Insufficient disk space to download qwen/qwen3-14b",
                "Error: There is not enough free space on the drive",
                "Error: EDQUOT: disk quota exceeded, write",
                "Error: The disk is full"
            })
    void fullDiskIsAFactAboutTheDisk(String stderr) {
        assertThat(kind(verdict(Operation.DOWNLOAD, new ExitStatus.Exited(1), stderr)))
                .isEqualTo("domain/DISK_FULL");
    }

    @Test
    void unansweredPromptIsNotReportedAsTheCauseOfATimeout() {
        String stderr = "\nContinue to download in the background? (Y/N): ";

        assertThat(verdict(Operation.DOWNLOAD, new ExitStatus.TimedOut(Duration.ofHours(1)), stderr)
                        .explanation())
                .isEqualTo(
                        "lms get did not end within 3600 s and was killed, without output — check that LM Studio answers");
    }

    @Test
    void hungCallOfAnotherReleaseIsAMismatchAndNotATimeout() {
        String stderr = "W [LMStudioClient][LLM] Produced communication warning: Received invalid result. Zod error:";

        assertThat(kind(verdict(Operation.LIST_LOADED, new ExitStatus.TimedOut(Duration.ofSeconds(10)), stderr)))
                .isEqualTo("infrastructure/VERSION_MISMATCH");
        assertThat(kind(verdict(Operation.LIST_LOADED, new ExitStatus.GivenUp(), stderr)))
                .isEqualTo("infrastructure/VERSION_MISMATCH");
    }

    @Test
    void hungCallIsATimeout() {
        LmStudioFailure failure = verdict(Operation.LIST_LOADED, new ExitStatus.TimedOut(Duration.ofSeconds(10)), "");

        assertThat(kind(failure)).isEqualTo("infrastructure/TIMED_OUT");
        assertThat(failure.explanation()).contains("lms ps did not end within 10 s and was killed, without output");
    }

    @Test
    void errorThatLmsRetriesIsNotTheCauseOfATimeout() {
        String stderr = "Error: connect ECONNREFUSED 127.0.0.1:41343";

        assertThat(kind(verdict(Operation.LIST_LOADED, new ExitStatus.TimedOut(Duration.ofSeconds(10)), stderr)))
                .isEqualTo("infrastructure/TIMED_OUT");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 126, 127})
    void exitOfAShellMeansThatTheExecutableIsNotLms(int code) {
        LmStudioFailure failure = verdict(Operation.LIST_LOADED, new ExitStatus.Exited(code), "");

        assertThat(kind(failure)).isEqualTo("infrastructure/CLI_NOT_USABLE");
        assertThat(failure.explanation()).contains("is lms, and built for this machine");
    }

    @Test
    void outputThatIsTooLargeIsUnreadable() {
        assertThat(kind(verdict(Operation.LIST_LOADED, new ExitStatus.OutputTooLarge(1024), "")))
                .isEqualTo("infrastructure/UNREADABLE_OUTPUT");
    }

    @Test
    void missingFolderExplainsWhyLmStudioIsNotReachable(@TempDir Path home) {
        ProcessResult finished = finished(new ExitStatus.Exited(1), "Error: connect ECONNREFUSED 127.0.0.1:41343");

        assertThat(LmsResultClassifier.on(Operation.LIST_LOADED, finished, home.resolve("missing/http-server.json")))
                .hasValueSatisfying(failure -> assertThat(failure.explanation()).startsWith("There is no folder"));
        assertThat(LmsResultClassifier.on(Operation.LIST_LOADED, finished, home.resolve("http-server.json")))
                .hasValueSatisfying(failure -> assertThat(kind(failure)).isEqualTo("infrastructure/UNREACHABLE"));
    }

    @Test
    void externalSignalIsReportedWithItsNumber() {
        LmStudioFailure failure = verdict(Operation.LOAD, new ExitStatus.Died(9), "");

        assertThat(kind(failure)).isEqualTo("infrastructure/KILLED");
        assertThat(failure.explanation()).contains("signal 9");
    }

    @Test
    void unknownErrorOfLmStudioIsARefusalForAChangeAndAFaultForARead() {
        String stderr = "Error: Internal error \n\n   (X) CAUSE  \n\nsomething broke";

        assertThat(kind(verdict(Operation.UNLOAD, new ExitStatus.Exited(1), stderr)))
                .isEqualTo("domain/REFUSED");
        assertThat(kind(verdict(Operation.LIST_LOADED, new ExitStatus.Exited(1), stderr)))
                .isEqualTo("infrastructure/UNKNOWN");
    }

    @Test
    void exitWithoutAWordIsAFault() {
        assertThat(kind(verdict(Operation.LOAD, new ExitStatus.Exited(1), ""))).isEqualTo("infrastructure/UNKNOWN");
    }

    @Test
    void processesThatCannotBeKilledAreNamed() {
        ProcessResult finished = new ProcessResult(
                new ExitStatus.TimedOut(Duration.ofSeconds(1)), "", "", Duration.ofSeconds(1), List.of(4711L));

        assertThat(LmsResultClassifier.on(Operation.LOAD, finished)
                        .orElseThrow()
                        .explanation())
                .contains("[4711] outlived SIGKILL");
    }

    private static LmStudioFailure verdict(Operation operation, ExitStatus ending, String stderr) {
        return LmsResultClassifier.on(operation, finished(ending, stderr)).orElseThrow();
    }

    private static ProcessResult finished(ExitStatus ending, String stderr) {
        return new ProcessResult(ending, "", stderr, Duration.ofMillis(300), List.of());
    }

    private static String kind(LmStudioFailure failure) {
        return switch (failure) {
            case InfrastructureFailure infrastructure -> "infrastructure/" + infrastructure.kind();
            case DomainFailure domain -> "domain/" + domain.kind();
        };
    }

    private static Path root() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(LmsResultClassifierTest.class.getResource("/lms-errors"))
                .toURI());
    }

    private static String recorded(String name) {
        try {
            return read(root().resolve(name + ".txt"));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
