package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that a user runs in the project directory. */
public record Program(Path executable, Map<String, String> environment, Path workFolder) {

    private static final long PATIENCE_SECONDS = 120;

    public Output run(String... arguments) {
        return start(arguments).await();
    }

    /** Starts the program without waiting for it. The caller closes the run. */
    public Run start(String... arguments) {
        List<String> command = Stream.concat(Stream.of(executable.toString()), Stream.of(arguments))
                .toList();
        try {
            Path out = Files.createTempFile(workFolder, executable.getFileName() + "-", ".out");
            Path err = Files.createTempFile(workFolder, executable.getFileName() + "-", ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            return new Run(command, builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A run that may still be in progress. */
    public record Run(List<String> command, Process process, Path outFile, Path errFile) implements AutoCloseable {

        /** Returns the standard output so far. */
        public String out() {
            return read(outFile);
        }

        Output await() {
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(command + " did not end; standard error so far:\n" + read(errFile));
                }
                return new Output(command, process.exitValue(), out(), read(errFile));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting for " + command, e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The result of a run. */
    public record Output(List<String> command, int exitCode, String out, String err) {

        /** Returns the standard output. The run must succeed. */
        public String orThrow() {
            if (exitCode != 0) {
                throw new AssertionError("%s exited with code %d:%n%s%s".formatted(command, exitCode, out, err));
            }
            return out;
        }

        /** Returns the lines of the standard output. The run must succeed. */
        public List<String> lines() {
            return orThrow().lines().toList();
        }
    }
}
