package dev.lmstudiooperator.simulator.state;

import dev.lmstudiooperator.simulator.journal.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.function.Supplier;

/** The daemon as a process: its two ports, its key, its start and stop. */
public final class Daemon {

    private final Port api;
    private final Port http;
    private final Installation files;
    private final Supplier<Settings> settings;
    private final Memory memory;
    private final Loads loads;
    private final Journal journal;
    private volatile DaemonState state = DaemonState.DOWN;
    private volatile String key = "";
    private boolean serverWasOn;

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

    public DaemonState state() {
        return state;
    }

    public boolean isRunning() {
        return state == DaemonState.RUNNING;
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
        if (state == DaemonState.DOWN) {
            key = UUID.randomUUID().toString();
            openPorts();
        }
        state = DaemonState.RUNNING;
    }

    public synchronized void freeze() {
        start();
        state = DaemonState.FROZEN;
    }

    /** Ends the process. All instances leave the memory, and no load continues later. */
    public synchronized void stop() {
        serverWasOn = http.isOpen();
        state = DaemonState.DOWN;
        http.close();
        api.close();
        loads.cancelAll();
        for (var gone : memory.removeAll(instance -> instance.model().isLocal())) {
            journal.happened("lost with the daemon " + gone.summary());
        }
    }

    public synchronized void openServer(int port) throws IOException {
        http.open(port);
        files.writeServerConfig(http.number(), settings.get().jit());
    }

    /** Writes the current settings to the settings file of the server. */
    public synchronized void saveServerConfig() throws IOException {
        if (files.remembersServer()) {
            files.writeServerConfig(http.number(), settings.get().jit());
        }
    }

    private void openPorts() {
        try {
            api.open(0);
            files.writeDaemonFiles(api.number(), key);
            if (serverWasOn && settings.get().restoreServer()) {
                openServer(0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
