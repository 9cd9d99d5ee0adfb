package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.state.Model;
import java.util.Locale;

/** {@code load --estimate-only}: exits with 0 even if it predicts a refusal. */
final class Estimate {

    private Estimate() {}

    static int print(Call call, Options.Parsed options, Model model) {
        var settings = call.lmStudio().settings();
        long context =
                options.number("--context-length").map(Double::longValue).orElse(settings.defaultContextLength());
        var memory = Messages.binarySize(model.estimatedBytes(context));
        boolean passes = settings.memoryBytes() <= 0 || model.requiredBytes(context) <= settings.memoryBytes();
        call.info("Model: " + model.modelKey() + "\n"
                + options.number("--context-length")
                        .map(length -> String.format(Locale.ROOT, "Context Length: %,d%n", length.longValue()))
                        .orElse("")
                + options.value("--gpu").map(Estimate::offload).orElse("")
                + "Estimated GPU Memory:   " + memory + "\nEstimated Total Memory: " + memory + "\n\n"
                + (passes
                        ? "Estimate: This model may be loaded based on your resource guardrails settings.\n"
                        : "Estimate: This model will fail to load based on your resource guardrails settings.\n"));
        return 0;
    }

    private static String offload(String ratio) {
        double share =
                switch (ratio.toLowerCase(Locale.ROOT)) {
                    case "max" -> 1;
                    case "off" -> 0;
                    default -> JsNumber.parse(ratio);
                };
        return "GPU Offload: " + Math.round(share * 100) + "%\n";
    }
}
