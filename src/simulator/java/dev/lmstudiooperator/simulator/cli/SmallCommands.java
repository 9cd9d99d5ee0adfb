package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.state.Json;
import java.util.List;

/** {@code lms version} and {@code lms status}. */
final class SmallCommands {

    private SmallCommands() {}

    static String commitLine(Call call) {
        return "CLI commit: " + call.lmStudio().settings().commit() + "\n";
    }

    static int version(Call call, List<String> words) {
        var options = new Options("version", 0).flag("--json").parse(call, words);
        if (options.has("--json")) {
            call.json(Json.write(
                    Json.object().put("version", call.lmStudio().settings().commit())));
        } else {
            call.out(commitLine(call));
        }
        return 0;
    }

    static int status(Call call, List<String> words) throws InterruptedException {
        Discovery.connect(call, new Options("status", 0).server().parse(call, words));
        var http = call.daemon().http();
        if (!http.isOpen()) {
            call.out("Server:  OFF \n\n(i) To start the server, run the following command:\n\n    lms server start\n");
            return 0;
        }
        call.out("Server: ON (port: " + http.number() + ")\n\nLoaded Models\n");
        for (var instance : call.lmStudio().memory().loaded()) {
            call.out("  · " + instance.identifier() + " - "
                    + Messages.decimalSize(instance.model().sizeBytes()) + "\n");
        }
        return 0;
    }
}
