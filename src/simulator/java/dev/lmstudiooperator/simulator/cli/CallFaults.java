package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.fault.Fault;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Faults that apply before the command runs. The command applies the other faults. */
final class CallFaults {

    private CallFaults() {}

    static void apply(Call call) throws InterruptedException {
        for (var fault : call.faults()) {
            apply(call, fault);
        }
    }

    private static void apply(Call call, Fault fault) throws InterruptedException {
        var connection = call.connection();
        switch (fault.kind()) {
            case IGNORE_INT -> connection.command('i', "");
            case IGNORE_TERM -> connection.command('t', "");
            case CPU -> connection.command('b', Long.toString(fault.number("millis", 300)));
            case GRANDCHILD ->
                connection.command(
                        'g',
                        fault.number("seconds", 30)
                                + (fault.parameters().path("ownGroup").asBoolean() ? " 1" : " 0"));
            case ZOMBIE -> connection.command('d', "");
            case STDERR -> connection.stderr(fault.text("text", "W something odd\n"));
            case DELAY -> call.pause(Duration.ofMillis(fault.number("millis", 1000)));
            case HANG -> {
                connection.stderr(fault.text("stderr", ""));
                throw call.hang("fault");
            }
            case EXIT -> {
                connection.stderr(fault.text("stderr", "Error: something broke\n"));
                throw CallEndedException.exit((int) fault.number("code", 1));
            }
            case SIGNAL -> throw CallEndedException.signal(fault.text("signal", "KILL"));
            case EMPTY -> throw CallEndedException.exit((int) fault.number("code", 0));
            case OUTPUT -> throw output(call, fault.text("text", ""), fault);
            case HTML ->
                throw output(call, "<!DOCTYPE html>\n<html><body><h1>502 Bad Gateway</h1></body></html>\n", fault);
            case GARBAGE -> throw bytes(call, fault.number("bytes", 4096), fault);
            case HUGE -> throw bytes(call, fault.number("bytes", 1L << 30), fault);
            default -> {}
        }
    }

    /** Applies faults of the connection to the server. */
    static void applyToConnection(Call call) throws InterruptedException {
        for (var fault : call.faults()) {
            switch (fault.kind()) {
                case SERVER_ERROR ->
                    throw call.failure(new ServerError(
                            fault.text("title", "Internal error"),
                            fault.parameters().has("suggestion") ? fault.text("suggestion", "") : null,
                            fault.parameters().has("title")
                                            && !fault.parameters().has("cause")
                                    ? null
                                    : fault.text("cause", "something broke")));
                case PROMPT -> {
                    call.out("\n");
                    call.err("\u001b[34m?\u001b[39m \u001b[1mSelect a model |\u001b[22m \u001b[36m\u001b[39m\n");
                    throw call.hang("prompt");
                }
                case AUTH_REJECTED ->
                    throw call.failure(Messages.authRejected(fault.text("reason", "Invalid client passkey")));
                case AUTH_HANG -> throw call.hang("authentication");
                case CONNECTION_LOST -> throw call.failure(Messages.connectionLost("Embedding"));
                case UNKNOWN_CALL -> throw unknownCall(call, fault);
                case ALREADY_UNLOADED -> throw call.failure("Error: This model has already been unloaded\n");
                default -> {}
            }
        }
    }

    private static CallEndedException unknownCall(Call call, Fault fault) throws InterruptedException {
        call.err(Messages.incompatible(
                        fault.text("namespace", "Repository"),
                        "Received communication warning from the server (rpcEndpointUnhandled): Received rpcCall for"
                                + " unhandled endpoint, endpoint = " + fault.text("endpoint", "lmLinkStatus"))
                + "\nNote: This warning was received from the server and is printed on the client for convenience.\n");
        return call.hang("version skew");
    }

    private static CallEndedException output(Call call, String text, Fault fault) {
        call.connection().stdout(text.getBytes(StandardCharsets.UTF_8));
        return CallEndedException.exit((int) fault.number("code", 0));
    }

    private static CallEndedException bytes(Call call, long count, Fault fault) {
        call.connection().command('z', Long.toString(count));
        return CallEndedException.exit((int) fault.number("code", 0));
    }
}
