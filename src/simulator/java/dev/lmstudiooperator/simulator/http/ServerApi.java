package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lmstudiooperator.simulator.fault.Fault;
import dev.lmstudiooperator.simulator.journal.Entry;
import dev.lmstudiooperator.simulator.state.Daemon;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.LmStudio;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** The HTTP server: adds the journal, authentication and faults to the endpoints. */
public final class ServerApi implements HttpHandler {

    private final LmStudio lmStudio;
    private final Supplier<Daemon> daemon;
    private final Endpoints endpoints;

    public ServerApi(LmStudio lmStudio, Supplier<Daemon> daemon) {
        this.lmStudio = lmStudio;
        this.daemon = daemon;
        this.endpoints = new Endpoints(lmStudio);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var method = exchange.getRequestMethod();
        var path = exchange.getRequestURI().getPath();
        var body = exchange.getRequestBody().readAllBytes();
        var entry = lmStudio.journal()
                .start("http", Json.object().put("method", method).put("path", path));
        int status = 0;
        try {
            HangingConnections.waitWhileFrozen(daemon.get());
            var request = new Endpoints.Request(method, path, parse(body), entry);
            var faults = lmStudio.faults().match("http:" + method + " " + path);
            status = answer(exchange, request, faults);
        } finally {
            entry.finish(Json.object().put("status", status));
        }
    }

    /** @return the status; 0 if the response was not complete */
    private int answer(HttpExchange exchange, Endpoints.Request request, List<Fault> faults) throws IOException {
        try {
            return answerWithFaults(exchange, request, faults);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server was closed");
        }
    }

    private int answerWithFaults(HttpExchange exchange, Endpoints.Request request, List<Fault> faults)
            throws IOException, InterruptedException {
        for (var fault : faults) {
            switch (fault.kind()) {
                case DELAY -> {
                    var until = lmStudio.clock().instant().plusMillis(fault.number("millis", 1000));
                    lmStudio.clock().sleepUntil(until, () -> false);
                }
                case HANG -> {
                    request.entry().waitsFor("fault");
                    new CountDownLatch(1).await();
                }
                case REFUSE -> {
                    return 0;
                }
                case HALF -> {
                    response(exchange, request).sendHalf(exchange);
                    return 0;
                }
                case STATUS, HTML, EMPTY, OUTPUT -> {
                    var response = ResponseFaults.replacement(fault);
                    finish(request.entry(), response.status());
                    response.send(exchange);
                    return response.status();
                }
                default -> {}
            }
        }
        var response = ResponseFaults.apply(faults, response(exchange, request));
        finish(request.entry(), response.status());
        response.send(exchange);
        return response.status();
    }

    /** Called before the response is sent, so that the client sees a complete entry. */
    private static void finish(Entry entry, int status) {
        entry.finish(Json.object().put("status", status));
    }

    private Response response(HttpExchange exchange, Endpoints.Request request) throws InterruptedException {
        var token = lmStudio.settings().token();
        var given = exchange.getRequestHeaders().getFirst("Authorization");
        if (token != null
                && !("Bearer " + token).equals(given)
                && !request.path().equals("/lmstudio-greeting")) {
            var error = Json.object()
                    .put("type", "invalid_request")
                    .put("code", "invalid_api_key")
                    .put("message", "An LM Studio API token is required to make requests to this server.");
            return Response.json(401, Json.object().set("error", error));
        }
        return endpoints.answer(request);
    }

    private static JsonNode parse(byte[] body) throws IOException {
        if (body.length == 0) {
            return Json.object();
        }
        try {
            return Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return Json.object();
        }
    }
}
