package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Model;
import java.util.List;

/** A prompt. The call waits without a limit, regardless of standard input. */
final class Prompt {

    private static final String HELP =
            "\n\n\u001b[1m↑↓\u001b[22m \u001b[2mnavigate\u001b[22m\u001b[2m • \u001b[22m\u001b[1m⏎\u001b[22m "
                    + "\u001b[2mselect\u001b[22m";

    private Prompt() {}

    static CallEndedException show(Call call, String question, List<String> choices) throws InterruptedException {
        call.err("\u001b[34m?\u001b[39m \u001b[1m" + question + " |\u001b[22m \u001b[36m\u001b[39m\n");
        for (int i = 0; i < choices.size(); i++) {
            call.err(i == 0 ? "\u001b[36m❯ " + choices.get(i) + "\u001b[39m" : "\n  " + choices.get(i));
        }
        call.err(HELP);
        return call.hang("prompt");
    }

    static List<String> instances(Call call, List<Instance> instances) {
        return instances.stream()
                .map(instance -> instance.identifier().equals(instance.model().path())
                        ? instance.identifier()
                        : instance.identifier() + " (" + instance.model().path() + ")" + on(call, instance.model()))
                .toList();
    }

    static List<String> models(Call call, List<Model> models) {
        return models.stream()
                .map(model -> model.modelKey() + " (" + Messages.binarySize(model.sizeBytes()) + ")" + on(call, model))
                .toList();
    }

    private static String on(Call call, Model model) {
        var device = model.deviceIdentifier();
        return device == null ? "" : " · " + call.lmStudio().settings().deviceName(device);
    }
}
