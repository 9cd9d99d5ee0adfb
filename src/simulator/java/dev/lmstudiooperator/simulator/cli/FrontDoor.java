package dev.lmstudiooperator.simulator.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Daemon;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.LmStudio;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Accepts connections of front ends and runs one call for each. */
public final class FrontDoor {

    private static final int BACKLOG = 1024;

    private final LmStudio lmStudio;
    private final Daemon daemon;
    private final ServerSocket socket;

    /** Opens the port. Calls are accepted from {@link #open()} on. */
    public FrontDoor(LmStudio lmStudio, Daemon daemon) throws IOException {
        this.lmStudio = lmStudio;
        this.daemon = daemon;
        this.socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    }

    public int port() {
        return socket.getLocalPort();
    }

    public void open() {
        Thread.ofPlatform().name("front-door").start(this::acceptForEver);
    }

    private void acceptForEver() {
        while (!socket.isClosed()) {
            try {
                var frontEnd = socket.accept();
                Thread.ofPlatform().daemon().start(() -> serve(frontEnd));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket frontEnd) {
        try (frontEnd;
                var terminal = new Terminal(frontEnd)) {
            frontEnd.setTcpNoDelay(true);
            var in = new DataInputStream(new BufferedInputStream(frontEnd.getInputStream()));
            var invocation = Invocation.read(in);
            Thread.ofPlatform().daemon().start(() -> terminal.listen(in));
            run(invocation, terminal);
        } catch (IOException e) {
            // A front end that was killed before it sent its invocation has made no call.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Invocation invocation, Terminal terminal) throws InterruptedException {
        var details = Json.object().put("pid", invocation.pid());
        invocation.argv().forEach(details.putArray("argv")::add);
        var entry = lmStudio.journal().start("cli", details);
        var faults = lmStudio.faults().strike(CommandLine.callName(invocation.argv()));
        var call = new Call(invocation, terminal, lmStudio, daemon, entry, faults);
        var ending = CommandLine.run(call);
        // Finish the journal entry first, so that it is complete when the caller sees the call end.
        entry.finish(outcome(ending));
        terminal.end(ending);
        while (!(ending instanceof Ending.Gone)
                && terminal.await(java.time.Duration.ofHours(1)) != Terminal.Event.GONE) {
            Thread.onSpinWait();
        }
    }

    private static ObjectNode outcome(Ending ending) {
        return switch (ending) {
            case Ending.Exit exit -> Json.object().put("exit", exit.code());
            case Ending.Signal signal -> Json.object().put("signal", signal.name());
            case Ending.Gone gone -> Json.object().put("signal", "unknown");
        };
    }
}
