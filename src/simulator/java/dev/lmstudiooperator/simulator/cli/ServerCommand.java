package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.state.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** {@code lms server start|stop|status}. */
final class ServerCommand implements CommandLine.Command {

    /** Five checks at intervals of one second. */
    private static final Duration VERIFICATION = Duration.ofSeconds(5);

    @Override
    public int run(Call call, List<String> words) throws InterruptedException {
        var rest = words.isEmpty() ? words : words.subList(1, words.size());
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case "start" -> start(call, rest);
            case "stop" -> stop(call, rest);
            case "status" -> status(call, rest);
            case "" -> {
                call.err("Usage: lms server [options] [command]\n");
                yield 1;
            }
            default -> throw call.failure("error: unknown command '" + words.getFirst() + "'\n");
        };
    }

    private static int start(Call call, List<String> words) throws InterruptedException {
        var options = new Options("start", 0)
                .server()
                .value("--port", "<port>", text -> "", "-p")
                .value("--bind", "<address>")
                .flag("--cors")
                .parse(call, words);
        Discovery.connect(call, new Options.Parsed(withoutPort(options), List.of()));
        var bind = options.value("--bind")
                .or(() -> call.invocation().variable("LMS_SERVER_HOST"))
                .orElse("127.0.0.1");
        if (!bind.equals("127.0.0.1") && !bind.equals("localhost")) {
            call.info("W Server will accept connections from the network. Only use this if you know what you are"
                    + " doing!\n");
        }
        int port = options.number("--port").map(Double::intValue).orElse(0);
        try {
            call.daemon().openServer(port);
        } catch (IOException e) {
            throw call.failure("Error: listen EADDRINUSE: address already in use " + bind + ":" + port + "\n");
        }
        int actual = call.daemon().http().number();
        call.entry().effect("server started on " + actual);
        if (call.fault(FaultKind.NOT_VERIFIED).isPresent()) {
            call.pause(VERIFICATION);
            throw call.failure("Error: Failed to verify the server is running\n");
        }
        call.info("Success! Server is now running on port " + actual + "\n");
        return 0;
    }

    private static int stop(Call call, List<String> words) throws InterruptedException {
        Discovery.connect(call, new Options("stop", 0).server().parse(call, words));
        var http = call.daemon().http();
        if (!http.isOpen()) {
            throw call.failure("Error: The server is not running.\n");
        }
        http.close();
        call.entry().effect("server stopped on " + http.number());
        call.info("Stopped the server on port " + http.number() + ".\n");
        return 0;
    }

    /** Reads the file and checks that address. It neither searches for other servers nor starts one. */
    private static int status(Call call, List<String> words) {
        var options = new Options("status", 0).server().flag("--json").parse(call, words);
        var port = configuredPort(call);
        var http = call.daemon().http();
        boolean running =
                port.isPresent() && http.isOpen() && call.daemon().isRunning() && port.getAsInt() == http.number();
        if (options.has("--json")) {
            var answer = Json.object().put("running", running);
            port.ifPresent(number -> answer.put("port", number));
            call.json(Json.write(answer));
        } else {
            call.info(
                    running
                            ? "The server is running on port " + port.getAsInt() + ".\n"
                            : "The server is not running.\n");
        }
        return 0;
    }

    private static OptionalInt configuredPort(Call call) {
        var file = call.invocation().internal().resolve("http-server-config.json");
        try {
            return OptionalInt.of(
                    Json.MAPPER.readTree(Files.readString(file)).path("port").asInt());
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }

    /** Here, {@code --port} is the port to listen on, not the port to connect to. */
    private static Map<String, String> withoutPort(Options.Parsed options) {
        var rest = new LinkedHashMap<>(options.options());
        rest.remove("--port");
        return rest;
    }
}
