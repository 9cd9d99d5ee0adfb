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

    private static final int PIPE_CAPACITY = 64 << 10;

    private final Invocation invocation;
    private final Terminal terminal;
    private final LmStudio lmStudio;
    private final Daemon daemon;
    private final Entry entry;
    private final List<Fault> faults;
    private boolean quiet;

    Call(Invocation invocation, Terminal terminal, LmStudio lmStudio, Daemon daemon, Entry entry, List<Fault> faults) {
        this.invocation = invocation;
        this.terminal = terminal;
        this.lmStudio = lmStudio;
        this.daemon = daemon;
        this.entry = entry;
        this.faults = faults;
    }

    Invocation invocation() {
        return invocation;
    }

    Terminal terminal() {
        return terminal;
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

    /** Returns the downloaded models that the server knows, after applying the faults. */
    List<Model> downloaded() {
        var models = lmStudio.shelf().all();
        for (var fault : faults) {
            models = fault.leaves(models, Model::modelKey);
        }
        return models;
    }

    void beQuiet() {
        quiet = true;
    }

    void out(String text) {
        terminal.stdout(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Prints one line of JSON. A pipe gets at most 64 KiB of it. */
    void json(String json) {
        var bytes = (OutputFaults.apply(faults, json) + "\n").getBytes(StandardCharsets.UTF_8);
        boolean cut = invocation.stdoutIsPipe() && bytes.length > PIPE_CAPACITY;
        terminal.stdout(cut ? Arrays.copyOf(bytes, PIPE_CAPACITY) : bytes);
    }

    /** Prints a message, unless {@code --quiet} is set. */
    void info(String text) {
        if (!quiet) {
            terminal.stderr(text);
        }
    }

    /** Prints a message, even if {@code --quiet} is set. */
    void err(String text) {
        terminal.stderr(text);
    }

    /** Ends the call with exit code 1 and a text. */
    Ended failure(String text) {
        terminal.stderr(text);
        return Ended.exit(1);
    }

    Ended failure(ServerError error) {
        return failure(Texts.serverError(error));
    }

    /** Waits forever, like the real command line where it has no timeout. */
    Ended hang(String why) throws InterruptedException {
        entry.waitsFor(why);
        while (true) {
            switch (terminal.await(Duration.ofHours(1))) {
                case GONE -> throw new Ended(new Ending.Gone());
                case INTERRUPTED -> throw new Ended(new Ending.Signal("INT"));
                case CHANGED -> {}
            }
        }
    }

    /** Waits in simulated time. A SIGINT ends the call. */
    void pause(Duration duration) throws InterruptedException {
        var end = lmStudio.clock().instant().plus(duration);
        while (lmStudio.clock().instant().isBefore(end)) {
            var left = Duration.between(lmStudio.clock().instant(), end);
            switch (terminal.await(
                    left.compareTo(Duration.ofMillis(20)) < 0 ? left.plusMillis(1) : Duration.ofMillis(20))) {
                case GONE -> throw new Ended(new Ending.Gone());
                case INTERRUPTED -> throw new Ended(new Ending.Signal("INT"));
                case CHANGED -> {}
            }
        }
    }
}
