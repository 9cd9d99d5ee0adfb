package dev.lmstudiooperator.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A finished call of {@code lms}.
 *
 * @param exit 128 + number when a signal ended it
 */
public record LmsCall(int exit, String stdout, String stderr) {

    private static final long PATIENCE_SECONDS = 60;

    static LmsCall run(SimulatorProcess simulator, Map<String, String> environment, List<String> arguments) {
        var process = start(simulator, environment, arguments);
        try {
            var stdout = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
            var stderr = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("lms " + arguments + " did not end; stderr: " + stderr.join());
            }
            return new LmsCall(process.exitValue(), stdout.join(), stderr.join());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Starts a call with pipes and leaves it alone. */
    public static Process start(SimulatorProcess simulator, Map<String, String> environment, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(simulator.lmsExecutable().toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.toLowerCase(java.util.Locale.ROOT)
                .endsWith("_proxy"));
        builder.environment().put("HOME", simulator.home().toString());
        builder.environment().putAll(environment);
        try {
            var process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(java.io.InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
