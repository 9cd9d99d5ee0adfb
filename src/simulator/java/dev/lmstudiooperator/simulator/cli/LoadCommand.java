package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.state.LoadJob;
import dev.lmstudiooperator.simulator.state.LoadRequest;
import dev.lmstudiooperator.simulator.state.Model;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.time.Duration;
import java.util.List;

/** {@code lms load}: chooses a model, starts the load in the server, and displays its progress. */
final class LoadCommand implements CommandLine.Command {

    @Override
    public int run(Call call, List<String> words) throws InterruptedException {
        var options = options().parse(call, words);
        if (options.has("--exact") && options.argument().isEmpty()) {
            throw call.failure(
                    "Path not provided\n\nThe parameter [model-key] is required when using the --exact flag.\n");
        }
        Discovery.connect(call, options);
        var recent = new RecentLoads(call);
        var model = new ModelSelector(call, options).select(recent);
        if (options.has("--estimate-only")) {
            return Estimate.print(call, options, model);
        }
        if (!options.has("--exact")) {
            recent.add(model);
        }
        return load(call, options, model);
    }

    private static Options options() {
        return new Options("load", 1)
                .server()
                .flag("--yes", "-y")
                .flag("--exact")
                .flag("--local")
                .flag("--estimate-only")
                .value("--identifier", "<identifier>")
                .value("--ttl", "<seconds>", JsNumber::countError)
                .value("--gpu", "<offload-ratio>", JsNumber::ratioError)
                .value("--context-length", "<length>", JsNumber::countError, "-c")
                .value("--parallel", "<count>", JsNumber::countError);
    }

    private static int load(Call call, Options.Parsed options, Model chosen) throws InterruptedException {
        if (call.fault(FaultKind.NO_EFFECT).isPresent()) {
            call.out(LoadWatcher.END);
            success(call, chosen, options.value("--identifier").orElse(chosen.modelKey()), Duration.ofMillis(410));
            return 0;
        }
        var loaded = call.fault(FaultKind.WRONG_MODEL)
                .flatMap(fault ->
                        call.lmStudio().modelStore().findLocal(fault.text("modelKey", "llama-3.2-1b-instruct")))
                .orElse(chosen);
        var request = new LoadRequest(
                loaded,
                options.value("--identifier").orElse(null),
                options.number("--ttl").map(seconds -> seconds * 1000).orElse(null),
                options.number("--context-length").map(Double::longValue).orElse(null),
                options.number("--parallel").map(Double::longValue).orElse(null),
                false,
                call.entry().seq());
        var watcher = new LoadWatcher(call, chosen);
        var started = System.nanoTime();
        var instance = watcher.load(request, plannedFailure(call));
        var failsAfterLoad = call.fault(FaultKind.LOADED_BUT_FAILS);
        if (failsAfterLoad.isPresent()) {
            throw call.failure(failsAfterLoad.get().text("stderr", "Error: This model has already been unloaded\n"));
        }
        success(call, chosen, instance.identifier(), Duration.ofNanos(System.nanoTime() - started));
        return 0;
    }

    private static LoadJob.PlannedFailure plannedFailure(Call call) {
        for (var fault : call.faults()) {
            double at = fault.parameters().path("at").asDouble(0.5);
            switch (fault.kind()) {
                case LOAD_FAILS -> {
                    return new LoadJob.PlannedFailure(
                            at,
                            new ServerError(
                                    fault.text("title", "Failed to load model"),
                                    fault.parameters().has("suggestion") ? fault.text("suggestion", "") : null,
                                    fault.text(
                                            "cause",
                                            "The model has crashed without additional information. (Exit code: 139)")));
                }
                case SILENT_LOAD -> {
                    return new LoadJob.PlannedFailure(at, null);
                }
                default -> {}
            }
        }
        return LoadJob.PlannedFailure.NONE;
    }

    private static void success(Call call, Model model, String identifier, Duration time) {
        var device = model.deviceIdentifier();
        var location = device == null ? "" : " on " + call.lmStudio().settings().deviceName(device);
        call.info("Model loaded successfully" + location + " in " + Messages.loadTime(time) + ".\n("
                + Messages.binarySize(model.sizeBytes())
                + ")\nTo use the model in the API/SDK, use the identifier \"" + identifier + "\".\n");
    }
}
