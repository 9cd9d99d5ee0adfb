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
import java.time.Duration;

/** Accepts connections of front ends and runs one call for each. */
public final class CliServer {

    private static final int BACKLOG = 1024;

    private final LmStudio lmStudio;
    private final Daemon daemon;
    private final ServerSocket socket;

    /** Opens the port. {@link #open()} starts to accept calls. */
    public CliServer(LmStudio lmStudio, Daemon daemon) throws IOException {
        this.lmStudio = lmStudio;
        this.daemon = daemon;
        this.socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    }

    public int port() {
        return socket.getLocalPort();
    }

    public void open() {
        Thread.ofPlatform().name("cli-server").start(this::acceptConnections);
    }

    private void acceptConnections() {
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
                var connection = new CliConnection(frontEnd)) {
            frontEnd.setTcpNoDelay(true);
            var in = new DataInputStream(new BufferedInputStream(frontEnd.getInputStream()));
            var invocation = Invocation.read(in);
            Thread.ofPlatform().daemon().start(() -> connection.listen(in));
            run(invocation, connection);
        } catch (IOException e) {
            // A front end that was killed before it sent its invocation has made no call.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Invocation invocation, CliConnection connection) throws InterruptedException {
        var details = Json.object().put("pid", invocation.pid());
        invocation.argv().forEach(details.putArray("argv")::add);
        var entry = lmStudio.journal().start("cli", details);
        var faults = lmStudio.faults().match(CommandLine.callName(invocation.argv()));
        var call = new Call(invocation, connection, lmStudio, daemon, entry, faults);
        var status = CommandLine.run(call);
        // Finish the journal entry first, so that it is complete when the caller sees the call end.
        entry.finish(outcome(status));
        connection.exit(status);
        while (!(status instanceof Call.ExitStatus.Disconnected)
                && connection.await(Duration.ofHours(1)) != CliConnection.Event.DISCONNECTED) {
            Thread.onSpinWait();
        }
    }

    private static ObjectNode outcome(Call.ExitStatus status) {
        return switch (status) {
            case Call.ExitStatus.Exit exit -> Json.object().put("exit", exit.code());
            case Call.ExitStatus.Signal signal -> Json.object().put("signal", signal.name());
            case Call.ExitStatus.Disconnected disconnected -> Json.object().put("signal", "unknown");
        };
    }
}
