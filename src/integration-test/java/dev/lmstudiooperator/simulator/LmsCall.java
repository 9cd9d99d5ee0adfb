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
 * A finished call of {@code lms}.
 *
 * @param exit 128 + number when a signal ended it
 */
public record LmsCall(int exit, String stdout, String stderr) {

    private static final long PATIENCE_SECONDS = 60;

    /** Who runs the tests may ignore signals, as below nohup, and every child with it. The process stays the same. */
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

    /** Starts a call with pipes and leaves it alone. */
    public static Process start(SimulatorProcess simulator, Map<String, String> environment, List<String> arguments) {
        try {
            var process = builder(simulator, environment, arguments).start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A call not yet started, with the simulator's HOME and without the proxies of whoever runs the tests. */
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
            // A killed process closes its streams under the reader.
            return new byte[0];
        }
    }

    private static String read(InputStream stream) {
        return new String(bytes(stream), StandardCharsets.UTF_8);
    }
}
