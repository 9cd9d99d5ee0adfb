package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.state.Json;
import java.util.List;

/** {@code lms daemon up|down|status}. */
final class DaemonCommand implements CommandLine.Command {

    @Override
    public int run(Call call, List<String> words) throws InterruptedException {
        var rest = words.isEmpty() ? words : words.subList(1, words.size());
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case "up" -> up(call, rest);
            case "down" -> down(call, rest);
            case "status" -> status(call, rest);
            case "" -> {
                call.err("Usage: lms daemon [options] [command]\n");
                yield 1;
            }
            default -> throw call.failure("error: unknown command '" + words.getFirst() + "'\n");
        };
    }

    private static int up(Call call, List<String> words) throws InterruptedException {
        var options = new Options("up", 0).server().flag("--json").parse(call, words);
        Discovery.connect(call, options);
        var settings = call.lmStudio().settings();
        if (options.has("--json")) {
            call.json(Json.write(Json.object()
                    .put("status", "running")
                    .put("pid", call.daemon().pid())
                    .put("isDaemon", settings.isDaemon())
                    .put("version", settings.version())));
        } else {
            call.out(running(call));
        }
        return 0;
    }

    private static int down(Call call, List<String> words) {
        new Options("down", 0).server().parse(call, words);
        if (!call.daemon().isRunning()) {
            throw call.failure("Daemon is not running.\n");
        }
        if (!call.lmStudio().settings().isDaemon()) {
            throw call.failure("Error: LM Studio is running as the desktop app.\n");
        }
        call.info("Shutting down llmster...\n");
        call.daemon().stop();
        call.entry().effect("daemon stopped");
        call.info("Done.\n");
        return 0;
    }

    private static int status(Call call, List<String> words) {
        var options = new Options("status", 0).server().flag("--json").parse(call, words);
        boolean running = call.daemon().isRunning();
        if (options.has("--json")) {
            var answer = Json.object().put("status", running ? "running" : "not-running");
            if (running) {
                answer.put("pid", call.daemon().pid())
                        .put("isDaemon", call.lmStudio().settings().isDaemon());
            }
            call.json(Json.write(answer));
        } else {
            call.out(running ? running(call) : "llmster is not running\n");
        }
        return 0;
    }

    private static String running(Call call) {
        return "llmster v" + call.lmStudio().settings().version() + " is running (PID: "
                + call.daemon().pid() + ")\n";
    }
}
