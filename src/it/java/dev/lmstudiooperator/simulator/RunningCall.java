package dev.lmstudiooperator.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The call of a conformance case, from its start to its output. */
final class RunningCall {

    private final SimulatorProcess simulator;
    private final ConformanceCase serverInfo;
    private final Map<String, String> words;
    private final Path stdoutFile;
    private final Process process;
    private final CompletableFuture<byte[]> stdout;
    private final CompletableFuture<byte[]> stderr;

    RunningCall(SimulatorProcess simulator, ConformanceCase serverInfo, Map<String, String> words, Path directory)
            throws IOException {
        this.simulator = simulator;
        this.serverInfo = serverInfo;
        this.words = words;
        this.stdoutFile = directory.resolve("stdout");
        var environment = new HashMap<String, String>();
        Objects.requireNonNullElse(serverInfo.env(), Map.<String, String>of())
                .forEach((name, value) -> environment.put(name, ConformanceRun.fill(value, words)));
        var arguments = serverInfo.argv().stream()
                .map(word -> ConformanceRun.fill(word, words))
                .toList();
        var builder = LmsCall.builder(simulator, environment, arguments);
        if (Objects.equals(serverInfo.stdoutTo(), "file")) {
            builder.redirectOutput(stdoutFile.toFile());
        }
        process = builder.start();
        process.getOutputStream().close();
        stdout = CompletableFuture.supplyAsync(() -> LmsCall.bytes(process.getInputStream()));
        stderr = CompletableFuture.supplyAsync(() -> LmsCall.bytes(process.getErrorStream()));
    }

    /** Returns the journal entry of the call. */
    JournalEntry entry() {
        return simulator.journal().entries().stream()
                .filter(entry -> entry.raw().path("pid").asLong() == process.pid())
                .findFirst()
                .orElseThrow(() -> new AssertionError("the call is not in the journal"));
    }

    /** Returns whether the call loads, downloads or waits. */
    boolean isUnderWay() {
        var entries = simulator.journal().entries();
        return entries.stream()
                .filter(entry -> entry.raw().path("pid").asLong() == process.pid())
                .anyMatch(entry ->
                        entry.waitsFor().isPresent() || !simulator.loading().isEmpty());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void signal(String name) {
        try {
            var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            assertThat(kill.waitFor()).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void expectEnd(Duration patience) {
        try {
            assertThat(process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
                    .as("the call ends")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (serverInfo.exit() != null) {
            assertThat(process.exitValue()).as("exit code").isEqualTo(serverInfo.exit());
        }
    }

    void expectNoEffectOfTheSignal() {
        try {
            assertThat(process.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void compareOutput() throws IOException {
        kill();
        var out = Objects.equals(serverInfo.stdoutTo(), "file") ? Files.readAllBytes(stdoutFile) : stdout.join();
        var err = OutputNormalizer.normalize(new String(stderr.join(), StandardCharsets.UTF_8));
        if (serverInfo.stdout() != null) {
            assertThat(OutputNormalizer.normalize(new String(out, StandardCharsets.UTF_8)))
                    .as("stdout")
                    .isEqualTo(ConformanceRun.fill(serverInfo.stdout(), words));
        }
        if (serverInfo.stdoutBytes() != null) {
            assertThat(out).hasSize(serverInfo.stdoutBytes());
            assertThat(ConformanceRun.isJson(out)).isFalse();
        }
        if (serverInfo.stdoutIsJson()) {
            assertThat(ConformanceRun.isJson(out)).isTrue();
        }
        if (serverInfo.stderr() != null) {
            assertThat(err).as("stderr").isEqualTo(ConformanceRun.fill(serverInfo.stderr(), words));
        }
        if (serverInfo.stderrContains() != null) {
            assertThat(err).contains(serverInfo.stderrContains());
        }
    }

    /** Kills the process without closing its streams, unlike {@link Process#destroyForcibly()}. */
    void kill() {
        process.toHandle().destroyForcibly();
    }
}
