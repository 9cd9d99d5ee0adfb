package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.state.Daemon;
import dev.lmstudiooperator.simulator.state.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Finds the server for a command. If no server answers, it starts the daemon or ends the call. */
final class Discovery {

    private static final Duration STATUS_LIMIT = Duration.ofSeconds(3);
    private static final Duration GREETING_LIMIT = Duration.ofMillis(500);

    private Discovery() {}

    /** Returns when the server answers, and ends the call otherwise. */
    static void connect(Call call, Options.Parsed options) throws InterruptedException {
        if (options.has("--quiet")) {
            call.setQuiet();
        }
        if (options.has("--host") || options.has("--port")) {
            connectRemotely(call, options);
        } else {
            connectLocally(call, options);
            authenticate(call);
        }
        CallFaults.applyToConnection(call);
    }

    private static void connectRemotely(Call call, Options.Parsed options) throws InterruptedException {
        var host = options.value("--host").orElse("127.0.0.1");
        if (host.contains("://")) {
            throw call.failure("Error: Host should not include the protocol.\n");
        }
        if (host.contains(":")) {
            throw call.failure("Error: Host should not include the port number. Use --port instead.\n");
        }
        var port = options.value("--port").orElse("1234");
        var daemon = call.daemon();
        boolean isOurs = (host.equals("127.0.0.1") || host.equals("localhost"))
                && daemon.http().isOpen()
                && port.equals(Integer.toString(daemon.http().number()));
        if (isOurs && daemon.state() == Daemon.State.FROZEN) {
            call.pause(GREETING_LIMIT);
        }
        if (!isOurs || !daemon.isRunning()) {
            throw call.failure("Error: The server does not appear to be running at " + host + ":" + port
                    + ". Please make sure the server is running and accessible at the specified address.\n");
        }
        if (options.has("--host") && call.lmStudio().settings().token() != null) {
            throw call.failure(Messages.authRejected("Invalid client passkey"));
        }
    }

    private static void connectLocally(Call call, Options.Parsed options) throws InterruptedException {
        var strict = call.invocation().variable("LMS_API_SERVER_INFO_PATH");
        if (strict.isPresent()) {
            if (!answers(call, call.invocation().cwd().resolve(strict.get()))) {
                throw call.failure("Error: Failed to connect using " + strict.get() + ".\n");
            }
        } else if (usesProxy(call) || !anyDaemonAnswers(call)) {
            new DaemonAutostart(call).startDaemon();
        }
        if (options.has("--verbose")) {
            int port = call.daemon().apiPort();
            call.err("D Found running LM Studio daemon at port " + port + "\nD package=llmster, version="
                    + call.lmStudio().settings().version() + "\nD Found local API server at ws://127.0.0.1:" + port
                    + "\n");
        }
    }

    private static boolean answers(Call call, Path infoFile) throws InterruptedException {
        try {
            int port = Json.MAPPER
                    .readTree(Files.readString(infoFile))
                    .path("port")
                    .asInt();
            return port == call.daemon().apiPort() && !usesProxy(call) && answers(call, STATUS_LIMIT);
        } catch (IOException e) {
            return false;
        }
    }

    /** The port in the file is only a hint. The known ports are checked too. */
    private static boolean anyDaemonAnswers(Call call) throws InterruptedException {
        return answers(call, STATUS_LIMIT.multipliedBy(2));
    }

    private static boolean answers(Call call, Duration limit) throws InterruptedException {
        if (call.daemon().state() == Daemon.State.FROZEN) {
            call.pause(limit);
        }
        return call.daemon().isRunning();
    }

    /** Returns whether the CLI uses a proxy for 127.0.0.1. The proxy cannot reach this machine. */
    static boolean usesProxy(Call call) {
        var env = call.invocation();
        boolean proxy =
                env.variable("HTTP_PROXY").or(() -> env.variable("http_proxy")).isPresent();
        var exceptions =
                env.variable("NO_PROXY").or(() -> env.variable("no_proxy")).orElse("");
        return proxy && !exceptions.equals("*") && !exceptions.contains("127.0.0.1");
    }

    private static void authenticate(Call call) {
        var file = call.invocation().internal().resolve("lms-key-2");
        try {
            if (!Files.readString(file).equals(call.daemon().key())) {
                throw call.failure(Messages.authRejected("Invalid passkey for lms CLI client. Please make sure you are"
                        + " using the lms shipped with LM Studio."));
            }
        } catch (IOException e) {
            throw call.failure("ENOENT: no such file or directory, open '" + file + "'\n");
        }
    }
}
