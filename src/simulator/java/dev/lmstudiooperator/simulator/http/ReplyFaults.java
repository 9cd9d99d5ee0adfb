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
final class ReplyFaults {

    private static final String PAGE = "<!DOCTYPE html>\n<html><body><h1>502 Bad Gateway</h1></body></html>\n";

    private ReplyFaults() {}

    static Reply instead(Fault fault) {
        int status = (int) fault.number("status", fault.kind() == FaultKind.STATUS ? 500 : 200);
        return switch (fault.kind()) {
            case HTML -> new Reply(status, "text/html", PAGE);
            case EMPTY -> new Reply(status, "application/json", "");
            default -> new Reply(status, "application/json", fault.text("body", "{\"error\":\"Internal error\"}"));
        };
    }

    static Reply apply(List<Fault> faults, Reply reply) {
        var spoilt = reply;
        for (var fault : faults) {
            if (fault.kind() == FaultKind.WRONG_REPLY_MODEL) {
                spoilt = withModel(spoilt, fault.text("model", "another-model"));
            } else if (fault.kind() == FaultKind.TRUNCATE) {
                var body = spoilt.body();
                int length = (int) Math.min(body.length(), fault.number("chars", 40));
                spoilt = new Reply(spoilt.status(), spoilt.contentType(), body.substring(0, length));
            } else if (fault.kind() == FaultKind.INCOMPLETE) {
                spoilt = incomplete(spoilt, fault);
            }
        }
        return spoilt;
    }

    /** Applies only to lists of models. */
    private static Reply incomplete(Reply reply, Fault fault) {
        try {
            var tree = Json.MAPPER.readTree(reply.body());
            leave(tree.path("models"), "key", fault);
            if (tree.path("data").path(0).path("object").asText().equals("model")) {
                leave(tree.path("data"), "id", fault);
            }
            return Reply.json(reply.status(), tree);
        } catch (JsonProcessingException e) {
            return reply;
        }
    }

    private static void leave(JsonNode list, String key, Fault fault) {
        if (list instanceof ArrayNode models) {
            var left = fault.leaves(
                    models.valueStream().toList(), model -> model.path(key).asText());
            models.removeAll().addAll(left);
        }
    }

    private static Reply withModel(Reply reply, String model) {
        try {
            var tree = Json.MAPPER.readTree(reply.body());
            return tree instanceof ObjectNode fields && fields.has("model")
                    ? Reply.json(reply.status(), fields.put("model", model))
                    : reply;
        } catch (JsonProcessingException e) {
            return reply;
        }
    }
}
