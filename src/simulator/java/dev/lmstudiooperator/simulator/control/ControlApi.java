package dev.lmstudiooperator.simulator.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lmstudiooperator.simulator.http.Response;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The HTTP endpoint for tests: {@code /control/...}, with JSON requests and responses. */
public final class ControlApi implements HttpHandler {

    private final ControlOperations operations;

    public ControlApi(ControlOperations operations) {
        this.operations = operations;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var uri = exchange.getRequestURI();
        var bytes = exchange.getRequestBody().readAllBytes();
        try {
            var body = bytes.length == 0 ? Json.object() : Json.MAPPER.readTree(bytes);
            var path = uri.getRawPath().replaceFirst("^/control/", "");
            Response.json(200, execute(exchange.getRequestMethod(), path, body, uri.getQuery()))
                    .send(exchange);
        } catch (IllegalArgumentException | IOException | ServerError.RefusedException e) {
            Response.json(400, Json.object().put("error", String.valueOf(e.getMessage())))
                    .send(exchange);
        }
    }

    private Object execute(String method, String path, JsonNode body, @Nullable String query)
            throws IOException, ServerError.RefusedException {
        var call = method + " " + path;
        if (call.startsWith("DELETE models/")) {
            return operations.removeModel(rest(path, "models/"));
        }
        if (call.startsWith("DELETE faults/")) {
            return operations.revokeFault(Long.parseLong(rest(path, "faults/")));
        }
        return switch (call) {
            case "GET state" -> operations.state();
            case "GET journal" -> operations.journal(query == null ? 0 : Long.parseLong(query.replace("since=", "")));
            case "POST clock/advance" ->
                operations.advanceClock(body.path("seconds").asDouble());
            case "POST models" -> operations.putModels(body);
            case "POST evict" -> operations.evict(body);
            case "POST instances" -> operations.addInstance(body);
            case "PATCH instances" -> operations.changeInstance(body);
            case "POST faults" -> operations.addFault(body);
            case "DELETE faults" -> operations.revokeAllFaults();
            case "POST daemon" -> operations.setDaemon(body);
            case "POST server" -> operations.setServer(body);
            case "POST settings" -> operations.changeSettings(body);
            case "POST reset" -> operations.reset();
            default -> throw new IllegalArgumentException("no such control: " + call);
        };
    }

    private static String rest(String path, String prefix) {
        return URLDecoder.decode(path.substring(prefix.length()), StandardCharsets.UTF_8);
    }
}
