package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.LmStudio;
import dev.lmstudiooperator.simulator.state.LoadRequest;
import dev.lmstudiooperator.simulator.state.Model;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.time.Duration;

/** The REST API of LM Studio, {@code /api/v1}. */
final class RestV1 {

    private final LmStudio lmStudio;

    RestV1(LmStudio lmStudio) {
        this.lmStudio = lmStudio;
    }

    /**
     * Lists the downloaded models of this machine with their instances. The request neither loads a model nor resets an
     * idle timer.
     */
    Response models() {
        var response = Json.object();
        var models = response.putArray("models");
        var instances = lmStudio.memory().listed();
        for (var model : lmStudio.modelStore().all()) {
            if (model.isLocal()) {
                var node = describe(model);
                models.add(node);
                instances.stream()
                        .filter(instance -> instance.model().modelKey().equals(model.modelKey())
                                && instance.model().isLocal())
                        .forEach(instance -> node.withArray("loaded_instances").add(describe(instance)));
            }
        }
        return Response.ok(response);
    }

    Response load(Endpoints.Request request) throws InterruptedException {
        var model = lmStudio.modelStore().findLocal(request.model());
        if (model.isEmpty()) {
            return Response.error(404, "model_not_found", "Model not found: " + request.model());
        }
        var loadRequest = new LoadRequest(
                model.get(),
                null,
                null,
                Json.whole(request.body(), "context_length"),
                null,
                false,
                request.entry().seq());
        var started = lmStudio.clock().instant();
        try {
            var instance = lmStudio.loads().loadAndWait(loadRequest);
            request.entry().effect("loaded " + instance.summary());
            return Response.ok(Json.object()
                    .put("type", model.get().type().value())
                    .put("instance_id", instance.identifier())
                    .put(
                            "load_time_seconds",
                            Duration.between(started, lmStudio.clock().instant())
                                            .toMillis()
                                    / 1e3)
                    .put("status", "loaded"));
        } catch (ServerError.RefusedException e) {
            return Response.error(500, "model_load_failed", e.error().title());
        }
    }

    Response unload(Endpoints.Request request) {
        var identifier = request.body().path("instance_id").asText("");
        var instance = lmStudio.memory().find(identifier);
        if (instance.isEmpty() || !lmStudio.memory().remove(instance.get())) {
            return Response.error(404, "model_not_found", "No instance " + identifier);
        }
        lmStudio.clock().signal();
        request.entry().effect("unloaded " + instance.get().summary());
        return Response.ok(Json.object().put("instance_id", identifier));
    }

    private static ObjectNode describe(Model model) {
        var node = Json.object()
                .put("type", model.type().value())
                .put("publisher", model.publisher())
                .put("key", model.modelKey())
                .put("display_name", model.displayName());
        var quantization = model.quantization();
        if (quantization != null) {
            node.set(
                    "quantization",
                    Json.object().put("name", quantization.name()).put("bits_per_weight", quantization.bits()));
        }
        node.put("size_bytes", model.sizeBytes()).put("params_string", model.paramsString());
        node.putArray("loaded_instances");
        node.put("max_context_length", model.maxContextLength()).put("format", model.httpFormat());
        if (model.isLlm()) {
            node.put("architecture", model.architecture());
            node.set(
                    "capabilities",
                    Json.object().put("vision", model.vision()).put("trained_for_tool_use", model.trainedForToolUse()));
            node.putNull("description");
        }
        if (!model.variants().isEmpty()) {
            var keys = node.putArray("variants");
            model.variants().forEach(variant -> keys.add(variant.modelKey()));
            node.put("selected_variant", model.selectedVariant());
        }
        return node;
    }

    private static ObjectNode describe(Instance instance) {
        var config = Json.object().put("context_length", instance.contextLength());
        if (instance.model().isLlm()) {
            config.put("eval_batch_size", 512)
                    .put("parallel", instance.parallel())
                    .put("flash_attention", true)
                    .put("offload_kv_cache_to_gpu", true);
        }
        return Json.object().put("id", instance.identifier()).set("config", config);
    }
}
