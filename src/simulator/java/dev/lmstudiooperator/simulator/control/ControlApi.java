package dev.lmstudiooperator.simulator.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lmstudiooperator.simulator.http.Reply;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.Refused;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** The HTTP endpoint for tests: {@code /control/...}, with JSON requests and responses. */
public final class ControlApi implements HttpHandler {

    private final Levers levers;

    public ControlApi(Levers levers) {
        this.levers = levers;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var uri = exchange.getRequestURI();
        var bytes = exchange.getRequestBody().readAllBytes();
        try {
            var body = bytes.length == 0 ? Json.object() : Json.MAPPER.readTree(bytes);
            var path = uri.getRawPath().replaceFirst("^/control/", "");
            Reply.json(200, answer(exchange.getRequestMethod(), path, body, uri.getQuery()))
                    .send(exchange);
        } catch (IllegalArgumentException | IOException | Refused e) {
            Reply.json(400, Json.object().put("error", String.valueOf(e.getMessage())))
                    .send(exchange);
        }
    }

    private Object answer(String method, String path, JsonNode body, @org.jspecify.annotations.Nullable String query)
            throws IOException, Refused {
        var call = method + " " + path;
        if (call.startsWith("DELETE models/")) {
            return levers.removeModel(rest(path, "models/"));
        }
        if (call.startsWith("DELETE faults/")) {
            return levers.revokeFault(Long.parseLong(rest(path, "faults/")));
        }
        return switch (call) {
            case "GET state" -> levers.state();
            case "GET journal" -> levers.journal(query == null ? 0 : Long.parseLong(query.replace("since=", "")));
            case "POST clock/advance" ->
                levers.advanceClock(body.path("seconds").asDouble());
            case "POST models" -> levers.putModels(body);
            case "POST evict" -> levers.evict(body);
            case "POST instances" -> levers.placeInstance(body);
            case "PATCH instances" -> levers.changeInstance(body);
            case "POST faults" -> levers.addFault(body);
            case "DELETE faults" -> levers.revokeAllFaults();
            case "POST daemon" -> levers.setDaemon(body);
            case "POST server" -> levers.setServer(body);
            case "POST settings" -> levers.changeSettings(body);
            case "POST reset" -> levers.reset();
            default -> throw new IllegalArgumentException("no such control: " + call);
        };
    }

    private static String rest(String path, String prefix) {
        return URLDecoder.decode(path.substring(prefix.length()), StandardCharsets.UTF_8);
    }
}
