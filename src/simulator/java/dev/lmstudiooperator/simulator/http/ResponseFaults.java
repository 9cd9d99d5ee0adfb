package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.fault.Fault;
import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.state.Json;
import java.util.List;

/** Faults that replace or change a response. */
final class ResponseFaults {

    private static final String PAGE = "<!DOCTYPE html>\n<html><body><h1>502 Bad Gateway</h1></body></html>\n";

    private ResponseFaults() {}

    static Response replacement(Fault fault) {
        int status = (int) fault.number("status", fault.kind() == FaultKind.STATUS ? 500 : 200);
        return switch (fault.kind()) {
            case HTML -> new Response(status, "text/html", PAGE);
            case EMPTY -> new Response(status, "application/json", "");
            default -> new Response(status, "application/json", fault.text("body", "{\"error\":\"Internal error\"}"));
        };
    }

    static Response apply(List<Fault> faults, Response response) {
        var result = response;
        for (var fault : faults) {
            if (fault.kind() == FaultKind.WRONG_REPLY_MODEL) {
                result = withModel(result, fault.text("model", "another-model"));
            } else if (fault.kind() == FaultKind.TRUNCATE) {
                var body = result.body();
                int length = (int) Math.min(body.length(), fault.number("chars", 40));
                result = new Response(result.status(), result.contentType(), body.substring(0, length));
            } else if (fault.kind() == FaultKind.INCOMPLETE) {
                result = incomplete(result, fault);
            }
        }
        return result;
    }

    /** Changes only lists of models. */
    private static Response incomplete(Response response, Fault fault) {
        try {
            var tree = Json.MAPPER.readTree(response.body());
            retain(tree.path("models"), "key", fault);
            if (tree.path("data").path(0).path("object").asText().equals("model")) {
                retain(tree.path("data"), "id", fault);
            }
            return Response.json(response.status(), tree);
        } catch (JsonProcessingException e) {
            return response;
        }
    }

    private static void retain(JsonNode list, String key, Fault fault) {
        if (list instanceof ArrayNode models) {
            var retained = fault.retain(
                    models.valueStream().toList(), model -> model.path(key).asText());
            models.removeAll().addAll(retained);
        }
    }

    private static Response withModel(Response response, String model) {
        try {
            var tree = Json.MAPPER.readTree(response.body());
            return tree instanceof ObjectNode fields && fields.has("model")
                    ? Response.json(response.status(), fields.put("model", model))
                    : response;
        } catch (JsonProcessingException e) {
            return response;
        }
    }
}
