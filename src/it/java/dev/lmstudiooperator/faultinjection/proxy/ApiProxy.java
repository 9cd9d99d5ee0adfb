package dev.lmstudiooperator.faultinjection.proxy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * An HTTP/1.1 proxy for one API server. It sends no client certificate, so that the API server identifies the clients by
 * their tokens. It accepts plain HTTP, so that it can read the traffic. Watches also use plain HTTP, because the proxy
 * rejects WebSocket requests, like a proxy without support for them.
 */
public final class ApiProxy implements AutoCloseable {

    private static final Set<String> CONNECTION_HEADERS =
            Set.of("connection", "content-length", "expect", "host", "upgrade", "transfer-encoding", "accept-encoding");
    private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE");
    private static final Map<Integer, String> REASONS =
            Map.of(409, "Conflict", 429, "TooManyRequests", 500, "InternalError", 503, "ServiceUnavailable");

    private final URI target;
    private final HttpClient client;
    private final HttpServer server;
    private final Predicate<String> writes;
    private final Predicate<String> watches;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile TrafficPolicy policy = TrafficPolicy.PASS_THROUGH;

    private ApiProxy(
            URI target, HttpClient client, HttpServer server, Predicate<String> writes, Predicate<String> watches) {
        this.target = target;
        this.client = client;
        this.server = server;
        this.writes = writes;
        this.watches = watches;
    }

    /**
     * Listens on a free local port. The configuration contains the address and the certificate authority of the API server.
     * All writes count, except renewals of Leases, which a timer sends. So do events of ManagedModels.
     */
    public static ApiProxy to(Config apiServer) {
        return to(apiServer, path -> !path.contains("/leases"), path -> path.contains("/managedmodels"));
    }

    /**
     * As {@link #to(Config)}, with other traffic that counts.
     *
     * @param writes the paths of the writes that count
     * @param watches the paths of the watches whose events count
     */
    public static ApiProxy to(Config apiServer, Predicate<String> writes, Predicate<String> watches) {
        Config withoutIdentity = new ConfigBuilder(apiServer)
                .withClientCertData(null)
                .withClientCertFile(null)
                .withClientKeyData(null)
                .withClientKeyFile(null)
                .build();
        try {
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .sslContext(SSLUtils.sslContext(withoutIdentity))
                    .build();
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            ApiProxy proxy = new ApiProxy(URI.create(apiServer.getMasterUrl()), client, server, writes, watches);
            server.setExecutor(
                    Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
            server.createContext("/", proxy::serve);
            server.start();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public void setPolicy(TrafficPolicy newPolicy) {
        policy = newPolicy;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().toString();
            if ("websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"))) {
                exchange.sendResponseHeaders(200, -1);
            } else if (isWrite(exchange)) {
                write(exchange, body);
            } else if (isWatch(path) && watches.test(path)) {
                watch(exchange, body);
            } else {
                pass(exchange, send(exchange, body));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isWrite(HttpExchange exchange) {
        return WRITES.contains(exchange.getRequestMethod())
                && writes.test(exchange.getRequestURI().getPath());
    }

    private static boolean isWatch(String path) {
        return path.matches(".*[?&]watch=(true|1)(&.*)?");
    }

    private void write(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        switch (policy.write()) {
            case TrafficPolicy.WriteAction.Pass pass -> pass(exchange, send(exchange, body));
            case TrafficPolicy.WriteAction.PassAfter later -> {
                later.action().run();
                pass(exchange, send(exchange, body));
            }
            case TrafficPolicy.WriteAction.Refuse refuse -> refuse(exchange, refuse.status());
            case TrafficPolicy.WriteAction.CutBefore cut -> cut.action().run();
            case TrafficPolicy.WriteAction.CutAfter cut -> {
                try (InputStream answer = send(exchange, body).body()) {
                    answer.readAllBytes();
                }
                cut.action().run();
            }
            case TrafficPolicy.WriteAction.Stall stall ->
                end.await(stall.duration().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void watch(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = send(exchange, body);
        if (answer.statusCode() != 200) {
            pass(exchange, answer);
            return;
        }
        copyHeaders(answer, exchange);
        exchange.sendResponseHeaders(200, 0);
        try (InputStream events = answer.body()) {
            new WatchStream(events, exchange.getResponseBody(), () -> policy, end).forward();
        }
    }

    private static void refuse(HttpExchange exchange, int status) throws IOException {
        byte[] answer = """
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","reason":"%s","code":%d,\
                "message":"injected fault"}""".formatted(REASONS.get(status), status).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (status == 429) {
            exchange.getResponseHeaders().set("Retry-After", "1");
        }
        exchange.sendResponseHeaders(status, answer.length);
        exchange.getResponseBody().write(answer);
    }

    private HttpResponse<InputStream> send(HttpExchange exchange, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        target.resolve(exchange.getRequestURI().toString()))
                .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!CONNECTION_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return client.send(request.build(), BodyHandlers.ofInputStream());
    }

    private static void pass(HttpExchange exchange, HttpResponse<InputStream> answer) throws IOException {
        copyHeaders(answer, exchange);
        try (InputStream body = answer.body()) {
            if (isWatch(exchange.getRequestURI().toString())) {
                exchange.sendResponseHeaders(answer.statusCode(), 0);
                exchange.getResponseBody().flush();
                stream(body, exchange);
            } else {
                byte[] whole = body.readAllBytes();
                exchange.sendResponseHeaders(answer.statusCode(), whole.length == 0 ? -1 : whole.length);
                exchange.getResponseBody().write(whole);
            }
        }
    }

    /** Forwards the body in parts, because the end of a watch is unknown. */
    private static void stream(InputStream body, HttpExchange exchange) throws IOException {
        byte[] buffer = new byte[8192];
        for (int length = body.read(buffer); length >= 0; length = body.read(buffer)) {
            exchange.getResponseBody().write(buffer, 0, length);
            exchange.getResponseBody().flush();
        }
    }

    private static void copyHeaders(HttpResponse<?> answer, HttpExchange exchange) {
        answer.headers().map().forEach((name, values) -> {
            if (!CONNECTION_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> exchange.getResponseHeaders().add(name, value));
            }
        });
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        client.shutdownNow();
    }
}
