package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.Model;
import java.util.List;

/** {@code lms ls}: lists the downloaded models. */
final class LsCommand implements CommandLine.Command {

    private static final int SHOWN = 5;

    @Override
    public int run(Call call, List<String> words) throws InterruptedException {
        var options = new Options("ls", 1)
                .server()
                .flag("--json")
                .flag("--llm")
                .flag("--embedding")
                .flag("--variants")
                .flag("--detailed")
                .parse(call, words);
        Discovery.connect(call, options);
        var models = call.downloaded().stream()
                .filter(model -> isWanted(model, options))
                .toList();
        if (options.argument().isPresent()) {
            call.json(variantsOf(call, models, options.argument().get()));
        } else if (options.has("--variants") && options.has("--json")) {
            call.json(Json.write(models.stream()
                    .filter(model -> !model.variants().isEmpty())
                    .map(LsCommand::withVariants)
                    .toList()));
        } else if (options.has("--json")) {
            call.json(Json.write(models.stream().map(ModelJson::downloaded).toList()));
        } else {
            call.out(new LsTable(call).render(models));
        }
        return 0;
    }

    private static boolean isWanted(Model model, Options.Parsed options) {
        boolean llm = options.has("--llm");
        boolean embedding = options.has("--embedding");
        return llm == embedding || (model.type() == Model.Type.LLM) == llm;
    }

    private static Object withVariants(Model model) {
        var node = Json.object();
        node.set("model", ModelJson.downloaded(model));
        var variants = node.putArray("variants");
        model.variants().forEach(variant -> variants.add(ModelJson.variant(model, variant)));
        return node;
    }

    private static String variantsOf(Call call, List<Model> models, String key) {
        var model = models.stream()
                .filter(candidate -> candidate.modelKey().equals(key))
                .findFirst()
                .orElseThrow(() -> call.failure(unknown(models, key)));
        if (model.variants().isEmpty()) {
            throw call.failure("Error: Model " + key + " has no variants\n");
        }
        return Json.write(model.variants().stream()
                .map(variant -> ModelJson.variant(model, variant))
                .toList());
    }

    private static String unknown(List<Model> models, String key) {
        var text = new StringBuilder(
                "Error: Cannot find a model with path \"" + key + "\"\n\nHere are your available models:\n\n");
        models.stream()
                .limit(SHOWN)
                .forEach(model -> text.append(" • ").append(model.modelKey()).append('\n'));
        if (models.size() > SHOWN) {
            text.append("     ... (and ").append(models.size() - SHOWN).append(" more)\n");
        }
        return text + "\nRun\n\n    lms ls\n\nto see a full list of loadable models\n";
    }
}
