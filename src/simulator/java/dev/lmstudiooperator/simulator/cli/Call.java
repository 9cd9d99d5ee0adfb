package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.fault.Fault;
import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.journal.Entry;
import dev.lmstudiooperator.simulator.state.Daemon;
import dev.lmstudiooperator.simulator.state.LmStudio;
import dev.lmstudiooperator.simulator.state.Model;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One {@code lms} call in progress: its caller, its faults and its output. */
final class Call {

    /** The way in which a call ends. */
    sealed interface ExitStatus {

        record Exit(int code) implements ExitStatus {}

        /** The call ends by a signal. Its name has no SIG prefix. */
        record Signal(String name) implements ExitStatus {}

        /** The front end has already ended, probably because it was killed. */
        record Disconnected() implements ExitStatus {}
    }

    private static final int PIPE_CAPACITY = 64 << 10;

    private final Invocation invocation;
    private final CliConnection connection;
    private final LmStudio lmStudio;
    private final Daemon daemon;
    private final Entry entry;
    private final List<Fault> faults;
    private boolean quiet;

    Call(
            Invocation invocation,
            CliConnection connection,
            LmStudio lmStudio,
            Daemon daemon,
            Entry entry,
            List<Fault> faults) {
        this.invocation = invocation;
        this.connection = connection;
        this.lmStudio = lmStudio;
        this.daemon = daemon;
        this.entry = entry;
        this.faults = faults;
    }

    Invocation invocation() {
        return invocation;
    }

    CliConnection connection() {
        return connection;
    }

    LmStudio lmStudio() {
        return lmStudio;
    }

    Daemon daemon() {
        return daemon;
    }

    Entry entry() {
        return entry;
    }

    List<Fault> faults() {
        return faults;
    }

    Optional<Fault> fault(FaultKind kind) {
        return faults.stream().filter(fault -> fault.kind() == kind).findFirst();
    }

    /** Returns the downloaded models that the server lists, after applying the faults. */
    List<Model> downloaded() {
        var models = lmStudio.modelStore().all();
        for (var fault : faults) {
            models = fault.retain(models, Model::modelKey);
        }
        return models;
    }

    void setQuiet() {
        quiet = true;
    }

    void out(String text) {
        connection.stdout(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Prints one line of JSON. A pipe gets at most 64 KiB of it. */
    void json(String json) {
        var bytes = (OutputFaults.apply(faults, json) + "\n").getBytes(StandardCharsets.UTF_8);
        boolean cut = invocation.stdoutIsPipe() && bytes.length > PIPE_CAPACITY;
        connection.stdout(cut ? Arrays.copyOf(bytes, PIPE_CAPACITY) : bytes);
    }

    /** Prints a message, unless {@code --quiet} is set. */
    void info(String text) {
        if (!quiet) {
            connection.stderr(text);
        }
    }

    /** Prints a message, even if {@code --quiet} is set. */
    void err(String text) {
        connection.stderr(text);
    }

    /** Ends the call with exit code 1 and a text. */
    CallEndedException failure(String text) {
        connection.stderr(text);
        return CallEndedException.exit(1);
    }

    CallEndedException failure(ServerError error) {
        return failure(Messages.serverError(error));
    }

    /** Waits without a limit, like the real command line where it has no timeout. */
    CallEndedException hang(String reason) throws InterruptedException {
        entry.waitsFor(reason);
        while (true) {
            switch (connection.await(Duration.ofHours(1))) {
                case DISCONNECTED -> throw CallEndedException.disconnected();
                case INTERRUPTED -> throw CallEndedException.signal("INT");
                case CHANGED -> {}
            }
        }
    }

    /** Waits in simulated time. A SIGINT ends the call. */
    void pause(Duration duration) throws InterruptedException {
        var end = lmStudio.clock().instant().plus(duration);
        while (lmStudio.clock().instant().isBefore(end)) {
            var left = Duration.between(lmStudio.clock().instant(), end);
            switch (connection.await(
                    left.compareTo(Duration.ofMillis(20)) < 0 ? left.plusMillis(1) : Duration.ofMillis(20))) {
                case DISCONNECTED -> throw CallEndedException.disconnected();
                case INTERRUPTED -> throw CallEndedException.signal("INT");
                case CHANGED -> {}
            }
        }
    }
}
