package dev.lmstudiooperator.simulator.state;

import dev.lmstudiooperator.simulator.journal.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.function.Supplier;

/** The daemon process: its two ports, its key, its start and stop. */
public final class Daemon {

    /** The state of the process that {@code lms} connects to. */
    public enum State {
        /** Responds to requests. */
        RUNNING,
        /** Is not running; its ports refuse connections. */
        DOWN,
        /** Accepts connections and never responds. */
        FROZEN
    }

    /** A TCP port on the loopback interface that can be opened and closed. */
    public interface Port {

        /** Listens on the port; 0 for the previous one, or any free one. Does nothing if the port is already open. */
        void open(int number) throws IOException;

        /** Closes the port. It refuses connections from now on. */
        void close();

        boolean isOpen();

        /** Returns the port in use, or the previous one; 0 if there was none. */
        int number();
    }

    private final Port api;
    private final Port http;
    private final Installation files;
    private final Supplier<Settings> settings;
    private final Memory memory;
    private final Loads loads;
    private final Journal journal;
    private volatile State state = State.DOWN;
    private volatile String key = "";
    private boolean serverWasOpen;

    public Daemon(
            Port api,
            Port http,
            Installation files,
            Supplier<Settings> settings,
            Memory memory,
            Loads loads,
            Journal journal) {
        this.api = api;
        this.http = http;
        this.files = files;
        this.settings = settings;
        this.memory = memory;
        this.loads = loads;
        this.journal = journal;
    }

    public State state() {
        return state;
    }

    public boolean isRunning() {
        return state == State.RUNNING;
    }

    /** Returns the second half of the pass key, which changes at each start. */
    public String key() {
        return key;
    }

    public int apiPort() {
        return api.number();
    }

    public Port http() {
        return http;
    }

    /** Returns the process ID that {@code daemon status} prints. */
    public long pid() {
        return ProcessHandle.current().pid();
    }

    public synchronized void start() {
        if (state == State.DOWN) {
            key = UUID.randomUUID().toString();
            openPorts();
        }
        state = State.RUNNING;
    }

    public synchronized void freeze() {
        start();
        state = State.FROZEN;
    }

    /** Stops the daemon. Unloads all local instances and cancels all loads. */
    public synchronized void stop() {
        serverWasOpen = http.isOpen();
        state = State.DOWN;
        http.close();
        api.close();
        loads.cancelAll();
        for (var lost : memory.removeAll(instance -> instance.model().isLocal())) {
            journal.recordEvent("lost with the daemon " + lost.summary());
        }
    }

    public synchronized void openServer(int port) throws IOException {
        http.open(port);
        files.writeServerConfig(http.number(), settings.get().jit());
    }

    /** Writes the current settings to the settings file of the server. */
    public synchronized void saveServerConfig() throws IOException {
        if (files.hasServerConfig()) {
            files.writeServerConfig(http.number(), settings.get().jit());
        }
    }

    private void openPorts() {
        try {
            api.open(0);
            files.writeDaemonFiles(api.number(), key);
            if (serverWasOpen && settings.get().restoreServer()) {
                openServer(0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
