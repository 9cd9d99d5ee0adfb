package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import dev.lmstudiooperator.simulator.state.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** An HTTP response: status and body. */
public record Response(int status, String contentType, String body) {

    public static Response json(int status, Object body) {
        return new Response(status, "application/json", Json.write(body));
    }

    static Response ok(JsonNode body) {
        return json(200, body);
    }

    /** Returns an error in the format of the OpenAI-compatible endpoints. */
    static Response invalidRequest(String message) {
        var error = Json.object()
                .put("message", message)
                .put("type", "invalid_request_error")
                .put("param", "model")
                .putNull("code");
        return json(400, Json.object().set("error", error));
    }

    /** Returns an error in the format of the REST v1 endpoints. */
    static Response error(int status, String type, String message) {
        return json(
                status,
                Json.object().set("error", Json.object().put("type", type).put("message", message)));
    }

    public void send(HttpExchange exchange) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }

    /** Announces the whole body, but closes the connection after half of it. */
    void sendHalf(HttpExchange exchange) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(status, bytes.length + 1024L);
        exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
        exchange.getResponseBody().flush();
    }
}
