package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.state.Instance;
import java.util.List;

/** {@code lms unload}: unloads by identifier, the only loaded model, or all models. */
final class UnloadCommand implements CommandLine.Command {

    @Override
    public int run(Call call, List<String> words) throws InterruptedException {
        var options = new Options("unload", 1).server().flag("--all", "-a").parse(call, words);
        var identifier = options.argument();
        if (options.has("--all") && identifier.isPresent()) {
            call.info("Invalid Usage\n\nYou cannot provide [path] when the flag --all is set.\n");
            return 0;
        }
        Discovery.connect(call, options);
        var instances = call.lmStudio().memory().loaded();
        if (options.has("--all")) {
            return unloadAll(call, instances);
        }
        if (identifier.isEmpty()) {
            return unloadOnlyInstance(call, instances);
        }
        var matches = instances.stream()
                .filter(instance -> instance.identifier().equals(identifier.get()))
                .toList();
        if (matches.size() > 1) {
            throw Prompt.show(call, "Multiple models found. Select one to unload", Prompt.instances(call, matches));
        }
        if (matches.isEmpty()) {
            call.info(notFound(call, identifier.get()));
            return 0;
        }
        unload(call, matches.getFirst());
        return 0;
    }

    private static int unloadAll(Call call, List<Instance> instances) {
        if (instances.isEmpty()) {
            call.info("No models to unload.\n");
            return 0;
        }
        for (var instance : instances) {
            call.info("Unloading \"" + instance.identifier() + "\"...\n");
            remove(call, instance);
        }
        call.info("Unloaded " + instances.size() + (instances.size() == 1 ? " model.\n" : " models.\n"));
        return 0;
    }

    private static int unloadOnlyInstance(Call call, List<Instance> instances) throws InterruptedException {
        if (instances.isEmpty()) {
            throw call.failure("You don't have any models loaded. Use \"lms load\" to load a model.\n");
        }
        if (instances.size() > 1) {
            call.out("! To unload all models, use the --all flag.\n\n");
            throw Prompt.show(call, "Select a model to unload", Prompt.instances(call, instances));
        }
        unload(call, instances.getFirst());
        return 0;
    }

    private static void unload(Call call, Instance instance) {
        remove(call, instance);
        call.info("Model \"" + instance.identifier() + "\" unloaded.\n");
    }

    private static void remove(Call call, Instance instance) {
        if (call.fault(FaultKind.NO_EFFECT).isPresent()) {
            return;
        }
        if (!call.lmStudio().memory().remove(instance)) {
            throw call.failure("Error: This model has already been unloaded\n");
        }
        call.lmStudio().clock().signal();
        call.entry().effect("unloaded " + instance.summary());
    }

    private static String notFound(Call call, String identifier) {
        boolean colored = call.invocation().isColored();
        var red = colored ? "\u001b[91m" : "";
        var yellow = colored ? "\u001b[33m" : "";
        var plain = colored ? "\u001b[39m" : "";
        return red + "Model Not Found" + plain + "\n\nCannot find a model with the identifier \"" + yellow + identifier
                + plain + "\".\n\nTo see a list of loaded models, run:\n\n    " + yellow + "lms ps" + plain + "\n";
    }
}
