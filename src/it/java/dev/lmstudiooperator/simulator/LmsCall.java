package dev.lmstudiooperator.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A completed call of {@code lms}.
 *
 * @param exit the exit code; 128 + number if a signal ended the call
 */
public record LmsCall(int exit, String stdout, String stderr) {

    private static final long PATIENCE_SECONDS = 60;

    /**
     * The tests can run with ignored signals, for example under nohup, and child processes inherit that. The process ID
     * stays the same.
     */
    private static final List<String> HEARING_SIGNALS =
            List.of("perl", "-e", "$SIG{INT} = $SIG{HUP} = 'DEFAULT'; exec {$ARGV[0]} @ARGV");

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

    /** Starts a call with pipes and returns without waiting. */
    public static Process start(SimulatorProcess simulator, Map<String, String> environment, List<String> arguments) {
        try {
            var process = builder(simulator, environment, arguments).start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns a call that is not started, with the HOME of the simulator and without the proxy settings of the user.
     */
    public static ProcessBuilder builder(
            SimulatorProcess simulator, Map<String, String> environment, List<String> arguments) {
        var command = new ArrayList<>(HEARING_SIGNALS);
        command.add(simulator.lmsExecutable().toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.toLowerCase(Locale.ROOT)
                .endsWith("_proxy"));
        builder.environment().put("HOME", simulator.home().toString());
        builder.environment().putAll(environment);
        return builder;
    }

    static byte[] bytes(InputStream stream) {
        try (stream) {
            return stream.readAllBytes();
        } catch (IOException e) {
            // A killed process closes its streams during a read.
            return new byte[0];
        }
    }

    private static String read(InputStream stream) {
        return new String(bytes(stream), StandardCharsets.UTF_8);
    }
}
