package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Json;

/** The answers of a model, which are always the same. */
final class Answers {

    private static final int DIMENSIONS = 8;

    private Answers() {}

    static ObjectNode chat(Request request, Instance instance) {
        var answer = start(request, instance, "chat.completion");
        var choice = answer.putArray("choices").addObject().put("index", 0).put("finish_reason", "stop");
        choice.putObject("message").put("role", "assistant").put("content", "ok");
        return withUsage(answer);
    }

    static ObjectNode completion(Request request, Instance instance) {
        var answer = start(request, instance, "text_completion");
        answer.putArray("choices").addObject().put("index", 0).put("text", "ok").put("finish_reason", "stop");
        return withUsage(answer);
    }

    static ObjectNode embedding(Request request, Instance instance) {
        var answer = Json.object().put("object", "list").put("model", instance.identifier());
        var inputs = request.body().path("input");
        var vectors = answer.putArray("data");
        for (int i = 0; i < Math.max(1, inputs.isArray() ? inputs.size() : 1); i++) {
            var vector = vectors.addObject()
                    .put("object", "embedding")
                    .put("index", i)
                    .putArray("embedding");
            for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
                vector.add((dimension + 1) / (double) DIMENSIONS);
            }
        }
        answer.putObject("usage").put("prompt_tokens", 1).put("total_tokens", 1);
        return answer;
    }

    private static ObjectNode start(Request request, Instance instance, String object) {
        return Json.object()
                .put("id", "cmpl-" + request.entry().seq())
                .put("object", object)
                .put("created", java.time.Instant.now().getEpochSecond())
                .put("model", instance.identifier());
    }

    private static ObjectNode withUsage(ObjectNode answer) {
        answer.putObject("usage")
                .put("prompt_tokens", 1)
                .put("completion_tokens", 1)
                .put("total_tokens", 2);
        return answer;
    }
}
