package dev.lmstudiooperator.simulator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** HTTP client of the server of a simulator. */
record SimulatorHttp(SimulatorProcess simulator) {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    HttpResponse<String> chat(String model) throws IOException, InterruptedException {
        return send(chatRequest(model));
    }

    /** Starts a request without waiting for the response. {@code cancel} closes the connection. */
    CompletableFuture<HttpResponse<String>> startChat(String model) {
        return CLIENT.sendAsync(chatRequest(model).build(), BodyHandlers.ofString());
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder chatRequest(String model) {
        var body = SimulatorProcess.object().put("model", model).put("max_tokens", 1);
        return HttpRequest.newBuilder(uri("/v1/chat/completions"))
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    }

    private URI uri(String path) {
        return simulator.httpUrl().resolve(path);
    }
}
