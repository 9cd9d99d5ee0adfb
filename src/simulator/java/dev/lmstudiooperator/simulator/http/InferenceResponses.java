package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Json;

/** The responses of a model, which are always the same. */
final class InferenceResponses {

    private static final int DIMENSIONS = 8;

    private InferenceResponses() {}

    static ObjectNode chat(Endpoints.Request request, Instance instance) {
        var response = start(request, instance, "chat.completion");
        var choice = response.putArray("choices").addObject().put("index", 0).put("finish_reason", "stop");
        choice.putObject("message").put("role", "assistant").put("content", "ok");
        return withUsage(response);
    }

    static ObjectNode completion(Endpoints.Request request, Instance instance) {
        var response = start(request, instance, "text_completion");
        response.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("text", "ok")
                .put("finish_reason", "stop");
        return withUsage(response);
    }

    static ObjectNode embedding(Endpoints.Request request, Instance instance) {
        var response = Json.object().put("object", "list").put("model", instance.identifier());
        var inputs = request.body().path("input");
        var vectors = response.putArray("data");
        for (int i = 0; i < Math.max(1, inputs.isArray() ? inputs.size() : 1); i++) {
            var vector = vectors.addObject()
                    .put("object", "embedding")
                    .put("index", i)
                    .putArray("embedding");
            for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
                vector.add((dimension + 1) / (double) DIMENSIONS);
            }
        }
        response.putObject("usage").put("prompt_tokens", 1).put("total_tokens", 1);
        return response;
    }

    private static ObjectNode start(Endpoints.Request request, Instance instance, String object) {
        return Json.object()
                .put("id", "cmpl-" + request.entry().seq())
                .put("object", object)
                .put("created", java.time.Instant.now().getEpochSecond())
                .put("model", instance.identifier());
    }

    private static ObjectNode withUsage(ObjectNode response) {
        response.putObject("usage")
                .put("prompt_tokens", 1)
                .put("completion_tokens", 1)
                .put("total_tokens", 2);
        return response;
    }
}
