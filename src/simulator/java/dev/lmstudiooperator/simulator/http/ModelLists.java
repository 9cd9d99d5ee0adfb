package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.LmStudio;
import dev.lmstudiooperator.simulator.state.Model;
import java.util.List;
import java.util.Optional;

/** {@code /api/v0/models} and {@code /v1/models}. With JIT enabled they list all downloaded models. */
final class ModelLists {

    private final LmStudio lmStudio;

    ModelLists(LmStudio lmStudio) {
        this.lmStudio = lmStudio;
    }

    Response v0() {
        var response = Json.object().put("object", "list");
        var models = response.putArray("data");
        visible().forEach(model -> models.add(describe(model)));
        return Response.ok(response);
    }

    Response v0(String modelKey) {
        return visible().stream()
                .filter(model -> model.modelKey().equals(modelKey))
                .findFirst()
                .map(model -> Response.ok(describe(model)))
                .orElseGet(() -> Response.json(
                        404, Json.object().put("error", "Model with identifier \"" + modelKey + "\" not found")));
    }

    Response openAi() {
        var response = Json.object().put("object", "list");
        var models = response.putArray("data");
        visible().stream().map(Model::modelKey).forEach(key -> add(models.addObject(), key));
        lmStudio.memory().loaded().stream()
                .map(Instance::identifier)
                .filter(identifier ->
                        lmStudio.modelStore().findLocal(identifier).isEmpty())
                .forEach(identifier -> add(models.addObject(), identifier));
        return Response.ok(response);
    }

    private static void add(ObjectNode node, String id) {
        node.put("id", id).put("object", "model").put("owned_by", "organization_owner");
    }

    private List<Model> visible() {
        boolean all = lmStudio.settings().jit();
        return lmStudio.modelStore().all().stream()
                .filter(Model::isLocal)
                .filter(model ->
                        all || instanceOf(model, lmStudio.memory().loaded()).isPresent())
                .toList();
    }

    private ObjectNode describe(Model model) {
        var loaded = instanceOf(model, lmStudio.memory().loaded());
        boolean loading = instanceOf(model, lmStudio.memory().loading()).isPresent();
        var type = model.isLlm() ? (model.vision() ? "vlm" : "llm") : "embeddings";
        var node = Json.object()
                .put("id", model.modelKey())
                .put("object", "model")
                .put("type", type)
                .put("publisher", model.publisher())
                .put("arch", model.architecture())
                .put("compatibility_type", model.httpFormat());
        var quantization = model.quantization();
        node.put("quantization", quantization == null ? null : quantization.name());
        node.put("state", loaded.isPresent() ? "loaded" : loading ? "loading" : "not-loaded");
        node.put("max_context_length", model.maxContextLength());
        loaded.ifPresent(instance -> node.put("loaded_context_length", instance.contextLength()));
        return node;
    }

    private static Optional<Instance> instanceOf(Model model, List<Instance> instances) {
        return instances.stream()
                .filter(instance -> instance.model().isLocal()
                        && instance.model().modelKey().equals(model.modelKey()))
                .findFirst();
    }
}
