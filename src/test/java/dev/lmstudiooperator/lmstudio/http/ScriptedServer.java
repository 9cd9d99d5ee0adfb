package dev.lmstudiooperator.lmstudio.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Serves scripted answers, byte by byte. Without a script, it answers like LM Studio. */
final class ScriptedServer implements AutoCloseable {

    /** Deadline for expected answers, on a machine that may be busy. */
    static final Duration LONG = Duration.ofSeconds(20);

    /** Deadline for answers that do not come. */
    static final Duration SHORT = Duration.ofMillis(500);

    static final String UNEXPECTED = "{\"error\":\"Unexpected endpoint or method. (GET /api/v1/models)\"}";

    /** A scripted answer. */
    interface Script {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);

    ScriptedServer() throws IOException {
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
        try (exchange) {
            scripts.getOrDefault(exchange.getRequestURI().getPath(), reply(200, UNEXPECTED))
                    .answer(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void put(String path, Script script) {
        scripts.put(path, script);
    }

    /** Method, path, authorization and body of each request so far. */
    Queue<String> requests() {
        return requests;
    }

    /** Counted down at the end of the test, for answers that never end. */
    CountDownLatch end() {
        return end;
    }

    void hangUp() {
        server.stop(0);
    }

    int port() {
        return server.getAddress().getPort();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port());
    }

    HttpSettings settings(@Nullable Path tokenFile) {
        return settings(address(), tokenFile, LONG);
    }

    /** Settings for a list that does not come. */
    HttpSettings impatientSettings() {
        return settings(address(), null, SHORT);
    }

    static HttpSettings settings(URI address, @Nullable Path tokenFile, Duration listDeadline) {
        return new HttpSettings(address, tokenFile, LONG, listDeadline, 1024 * 1024);
    }

    static Script reply(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return exchange -> {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
