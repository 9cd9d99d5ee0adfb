package dev.lmstudiooperator.lmstudio.cli.process;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.lmstudio.cli.process.Command.StandardOutput;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessResult.ExitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs one child process at a time per caller, and returns when the process has ended or was ended. */
public final class ProcessRunner {

    /** The characters that this JVM can pass to another program. The locale at its start determines them. */
    private static final Charset ARGUMENT_CHARSET =
            Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), Charset.defaultCharset());

    /** The reasons why a process cannot start. */
    public enum Reason {
        /** The system refused to run the executable. */
        EXECUTABLE,
        /** The output cannot be stored. */
        SCRATCH_FOLDER,
        /** An argument cannot be passed unchanged. */
        ARGUMENT
    }

    /** Thrown when no process was started. */
    public static final class CannotStartException extends Exception {

        private final Reason reason;

        CannotStartException(Reason reason, String message, @Nullable Throwable cause) {
            super(message, cause);
            this.reason = reason;
        }

        public Reason reason() {
            return reason;
        }
    }

    private final Path scratchFolder;

    /** @param scratchFolder the folder for the output of a running process */
    public ProcessRunner(Path scratchFolder) {
        this.scratchFolder = scratchFolder;
    }

    /**
     * Runs the command until it ends.
     *
     * @throws InterruptedException if the calling thread was interrupted; the process tree has then been ended in the
     *     same way as at a passed deadline
     */
    public ProcessResult run(Command command) throws CannotStartException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("Interrupted before the start of " + command.executable());
        }
        requireEncodable(command.arguments());
        try (OutputFile stdout = OutputFile.in(scratchFolder);
                OutputFile stderr = OutputFile.in(scratchFolder)) {
            Process process = start(command, stdout, stderr);
            return new Run(command, process, stdout, stderr).finish();
        } catch (ClosedByInterruptException e) {
            // Any blocking call in this method can be the first to detect an interrupt.
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException("Interrupted during " + command.executable());
            interrupted.initCause(e);
            throw interrupted;
        } catch (IOException | UncheckedIOException e) {
            throw new CannotStartException(
                    Reason.SCRATCH_FOLDER,
                    "Output of a process cannot be kept in %s (%s): make the folder writable and free space on it"
                            .formatted(scratchFolder, why(e)),
                    e);
        }
    }

    /** Returns the cause without the file name, which differs each time, so that the same failure is reported once. */
    private static String why(Exception e) {
        @Nullable Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
        return cause instanceof FileSystemException failed
                ? requireNonNullElse(failed.getReason(), failed.getClass().getSimpleName())
                : message(e);
    }

    private static String message(Exception e) {
        return requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }

    private static Process start(Command command, OutputFile stdout, OutputFile stderr)
            throws CannotStartException, IOException {
        List<String> line = new ArrayList<>();
        line.add(command.executable().toString());
        line.addAll(command.arguments());
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(Path.of("/").toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(
                        switch (command.stdout()) {
                            case StandardOutput.Kept kept -> stdout.redirect();
                            case StandardOutput.Discarded discarded -> Redirect.DISCARD;
                            case StandardOutput.Followed followed -> stdout.appending();
                        })
                .redirectError(stderr.redirect());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new CannotStartException(Reason.EXECUTABLE, message(e), e);
        } finally {
            stdout.unlink();
            stderr.unlink();
        }
    }

    private static void requireEncodable(List<String> arguments) throws CannotStartException {
        for (String argument : arguments) {
            if (argument.indexOf('\0') >= 0 || !ARGUMENT_CHARSET.newEncoder().canEncode(argument)) {
                throw new CannotStartException(
                        Reason.ARGUMENT,
                        "An argument has characters that this process cannot hand over (its locale allows %s): start it with LC_ALL=C.UTF-8"
                                .formatted(ARGUMENT_CHARSET),
                        null);
            }
        }
    }

    /** Runs one process from its start to its end. */
    private static final class Run {

        /** The interval for polling the size of the output. Files send no notification when they grow. */
        private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

        private static final int POLLS_PER_COLLECTION = 20;

        private static final long KEPT_OF_ENDED_BYTES = 64 * 1024;

        /** The maximum number of bytes of followed output per read. Longer output triggers a read at the next poll. */
        private static final int FOLLOWED_BYTES = 16 * 1024;

        private final Command command;
        private final Command.Limits limits;
        private final Process process;
        private final OutputFile stdout;
        private final OutputFile stderr;
        private final ProcessTree tree;
        private final long startNanos = System.nanoTime();
        private long checkedStderrBytes;

        Run(Command command, Process process, OutputFile stdout, OutputFile stderr) {
            this.command = command;
            this.limits = command.limits();
            this.process = process;
            this.stdout = stdout;
            this.stderr = stderr;
            this.tree = new ProcessTree(List.of(process.toHandle()));
        }

        ProcessResult finish() throws IOException, InterruptedException {
            boolean ended = false;
            try {
                ExitStatus ending = await();
                List<Long> unkilled =
                        switch (ending) {
                            case ExitStatus.Exited exited -> List.of();
                            // A program inside a killed wrapper script continues to run.
                            case ExitStatus.Died died -> tree.end(limits.grace());
                            case ExitStatus.TimedOut timedOut -> tree.end(limits.grace());
                            case ExitStatus.GivenUp givenUp -> tree.end(limits.grace());
                            // A grace period would allow gigabytes of further output.
                            case ExitStatus.OutputTooLarge tooLarge -> tree.kill();
                        };
                ended = true;
                long atMost = ending instanceof ExitStatus.Exited ? limits.outputBytes() : KEPT_OF_ENDED_BYTES;
                return new ProcessResult(ending, stdout.read(atMost), stderr.read(atMost), elapsed(), unkilled);
            } finally {
                if (!ended) {
                    tree.end(limits.grace());
                }
            }
        }

        private ExitStatus await() throws IOException, InterruptedException {
            for (int poll = 1; ; poll++) {
                Duration left = limits.deadline().minus(elapsed());
                boolean hasExited =
                        process.waitFor(Math.min(left.toNanos(), POLL_INTERVAL.toNanos()), TimeUnit.NANOSECONDS);
                if (Math.max(stdout.size(), stderr.size()) > limits.outputBytes()) {
                    return new ExitStatus.OutputTooLarge(limits.outputBytes());
                }
                follow(poll, hasExited);
                if (hasExited) {
                    return ExitStatus.ofExitValue(process.exitValue());
                }
                if (elapsed().compareTo(limits.deadline()) >= 0) {
                    return new ExitStatus.TimedOut(limits.deadline());
                }
                if (isHopeless()) {
                    return new ExitStatus.GivenUp();
                }
                if (poll % POLLS_PER_COLLECTION == 0) {
                    tree.collect();
                }
            }
        }

        private void follow(int poll, boolean hasExited) throws IOException {
            boolean isDue = hasExited || poll % POLLS_PER_COLLECTION == 0 || stdout.size() > FOLLOWED_BYTES;
            if (isDue && command.stdout() instanceof StandardOutput.Followed followed && stdout.size() > 0) {
                followed.listener().accept(stdout.takeEnd(FOLLOWED_BYTES));
            }
        }

        private boolean isHopeless() throws IOException {
            long size = Math.min(stderr.size(), KEPT_OF_ENDED_BYTES);
            if (size == checkedStderrBytes) {
                return false;
            }
            checkedStderrBytes = size;
            return command.hopeless().test(stderr.read(size));
        }

        private Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - startNanos);
        }
    }
}
