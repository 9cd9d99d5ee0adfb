package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** {@code lms ps}: lists the loaded models. */
final class PsCommand implements CommandLine.Command {

    @Override
    public int run(Call call, List<String> words) throws InterruptedException {
        var options = new Options("ps", 0).server().flag("--json").parse(call, words);
        Discovery.connect(call, options);
        var instances = new ArrayList<>(call.lmStudio().memory().listed());
        instances.sort(Comparator.comparing(instance -> instance.model().type()));
        applyVersionSkew(call, instances);
        if (options.has("--json")) {
            failOnOddFormat(call, instances);
            call.json(Json.write(instances.stream().map(ModelJson::loaded).toList()));
        } else if (instances.isEmpty()) {
            call.info("No models are currently loaded.\n\nTo load a model, run:\n\n    lms load <model path>\n");
        } else {
            call.out("\n" + table(call, instances) + "\n");
        }
        return 0;
    }

    private static void applyVersionSkew(Call call, List<Instance> instances) throws InterruptedException {
        var missing = call.fault(FaultKind.MISSING_FIELD);
        if (missing.isPresent()) {
            var field = missing.get().text("field", "deviceIdentifier");
            var result = instances.stream()
                    .map(ModelJson::loaded)
                    .map(node -> (Object) node.without(field))
                    .toList();
            call.err(Messages.incompatible(
                    "LLM",
                    "Produced communication warning: Received invalid result for rpc, endpointName = listLoaded, result = "
                            + Json.write(result) + ". Zod error:\n\n- result.0." + field + ": Required"));
            throw call.hang("version skew");
        }
        var status = call.fault(FaultKind.NEW_STATUS);
        if (status.isPresent()) {
            var word = status.get().text("status", "loading");
            call.err(Messages.incompatible(
                    "LLM",
                    "Produced communication warning: Received invalid result for rpc, endpointName ="
                            + " getInstanceProcessingState, result = {\"status\":\"" + word
                            + "\",\"queued\":0}. Zod error:"
                            + "\n\n- result.status: Invalid enum value. Expected 'idle' | 'processingPrompt' | 'generating'"
                            + " | 'computingEmbedding', received '" + word + "'"));
            throw call.hang("version skew");
        }
    }

    /** If one LLM has an unusual format, the whole list fails. */
    private static void failOnOddFormat(Call call, List<Instance> instances) {
        for (var instance : instances) {
            var format = instance.model().format();
            if (instance.model().isLlm() && !format.equals("gguf") && !format.equals("safetensors")) {
                throw call.failure("Error: Unsupported model format: " + format
                        + "\n    at kvConfigToLLMLoadModelConfig (<bundle>)\n    at async <anonymous> (<bundle>)\n"
                        + "    at processTicksAndRejections (native:7:39)\n");
            }
        }
    }

    private static String table(Call call, List<Instance> instances) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("IDENTIFIER", "MODEL", "STATUS", "SIZE", "CONTEXT", "PARALLEL", "DEVICE", "TTL"));
        instances.stream()
                .sorted(Comparator.comparing(Instance::identifier))
                .forEach(instance -> rows.add(row(call, instance)));
        return Messages.table(rows);
    }

    private static List<String> row(Call call, Instance instance) {
        var model = instance.model();
        var device = model.deviceIdentifier();
        return List.of(
                instance.identifier(),
                model.modelKey(),
                instance.activity().value().toUpperCase(Locale.ROOT),
                Messages.decimalSize(model.sizeBytes()),
                Long.toString(instance.contextLength()),
                instance.parallel() == null ? "-" : instance.parallel().toString(),
                device == null ? "Local" : call.lmStudio().settings().deviceName(device),
                timeToLive(call, instance));
    }

    private static String timeToLive(Call call, Instance instance) {
        var ttlMs = instance.ttlMs();
        if (ttlMs == null) {
            return "";
        }
        var total = Duration.ofMillis(Math.round(ttlMs));
        var remaining = instance.lastUsed() == null
                ? total
                : Duration.between(
                        call.lmStudio().clock().instant(), instance.lastUsed().plus(total));
        return Messages.roundedDuration(remaining) + " / " + Messages.roundedDuration(total);
    }
}
