package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmstudiooperator.simulator.journal.Entry;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.LmStudio;

/** Maps requests to endpoints. */
final class Endpoints {

    /** A request with the journal entry for its effects. */
    record Request(String method, String path, JsonNode body, Entry entry) {

        String model() {
            return body.path("model").asText("");
        }
    }

    private final LmStudio lmStudio;
    private final RestV1 restV1;
    private final ModelLists lists;
    private final Inference inference;

    Endpoints(LmStudio lmStudio) {
        this.lmStudio = lmStudio;
        restV1 = new RestV1(lmStudio);
        lists = new ModelLists(lmStudio);
        inference = new Inference(lmStudio);
    }

    Response answer(Request request) throws InterruptedException {
        var settings = lmStudio.settings();
        boolean isUnknown = (request.path().startsWith("/api/v0/") && !settings.v0())
                || (request.path().startsWith("/api/v1/") && !settings.v1());
        return isUnknown ? unknown(request) : known(request);
    }

    private Response known(Request request) throws InterruptedException {
        return switch (request.method() + " " + request.path()) {
            case "GET /lmstudio-greeting" -> Response.ok(Json.object().put("lmstudio", true));
            case "GET /api/v1/models" -> restV1.models();
            case "POST /api/v1/models/load" -> restV1.load(request);
            case "POST /api/v1/models/unload" -> restV1.unload(request);
            case "GET /api/v0/models" -> lists.v0();
            case "GET /v1/models" -> lists.openAi();
            case "POST /v1/chat/completions", "POST /api/v0/chat/completions" ->
                inference.answer(request, InferenceResponses::chat);
            case "POST /v1/completions", "POST /api/v0/completions" ->
                inference.answer(request, InferenceResponses::completion);
            case "POST /v1/embeddings", "POST /api/v0/embeddings" ->
                inference.answer(request, InferenceResponses::embedding);
            default -> other(request);
        };
    }

    private Response other(Request request) {
        if (request.method().equals("GET") && request.path().startsWith("/api/v0/models/")) {
            return lists.v0(request.path().substring("/api/v0/models/".length()));
        }
        return unknown(request);
    }

    /** LM Studio responds to unknown endpoints with 200. */
    private static Response unknown(Request request) {
        return Response.ok(Json.object()
                .put("error", "Unexpected endpoint or method. (" + request.method() + " " + request.path() + ")"));
    }
}
