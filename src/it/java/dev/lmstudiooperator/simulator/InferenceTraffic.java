package dev.lmstudiooperator.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Clients that send inference requests, each one after the other, to a random one of the servers. */
public final class InferenceTraffic implements AutoCloseable {

    /** How a client uses its connections. */
    public enum Connections {
        /** A connection per request. */
        ONE_PER_REQUEST,
        /** Connections are kept, and are always busy. After a failure, the client opens another one. */
        KEPT
    }

    /** A request without an answer. */
    public record Failure(Instant at, String server, String cause) {}

    private static final int CONNECT_MILLIS = 2_000;
    private static final int ANSWER_MILLIS = 30_000;

    private final Supplier<List<URI>> servers;
    private final Connections connections;
    private final ExecutorService clients = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("client-", 1).factory());
    private final AtomicInteger answers = new AtomicInteger();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final byte[] request;
    private volatile boolean isOver;

    private InferenceTraffic(Supplier<List<URI>> servers, String identifier, Connections connections) {
        this.servers = servers;
        this.connections = connections;
        this.request = SimulatorProcess.object()
                .put("model", identifier)
                .put("max_tokens", 1)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Starts clients. Before each request, they ask for the addresses of the servers. */
    public static InferenceTraffic start(
            Supplier<List<URI>> servers, String identifier, int clients, Connections connections) {
        var traffic = new InferenceTraffic(servers, identifier, connections);
        for (int i = 0; i < clients; i++) {
            traffic.clients.execute(traffic::send);
        }
        return traffic;
    }

    public int answers() {
        return answers.get();
    }

    public List<Failure> failures() {
        return List.copyOf(failures);
    }

    /** Waits for the last answers. */
    public void finish() throws InterruptedException {
        isOver = true;
        clients.shutdown();
        if (!clients.awaitTermination(ANSWER_MILLIS, TimeUnit.MILLISECONDS)) {
            failures.add(new Failure(Instant.now(), "", "A client still waits"));
        }
    }

    private void send() {
        while (!isOver) {
            List<URI> known = servers.get();
            if (known.isEmpty()) {
                failures.add(new Failure(Instant.now(), "", "No server is ready"));
                return;
            }
            URI server = known.get(ThreadLocalRandom.current().nextInt(known.size()));
            try {
                chat(server.resolve("/v1/chat/completions"));
                answers.incrementAndGet();
            } catch (IOException e) {
                failures.add(new Failure(Instant.now(), server.toString(), e.toString()));
            }
        }
    }

    private void chat(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(ANSWER_MILLIS);
        connection.setDoOutput(true);
        if (connections == Connections.ONE_PER_REQUEST) {
            connection.setRequestProperty("Connection", "close");
        }
        try (OutputStream out = connection.getOutputStream()) {
            out.write(request);
        }
        int status = connection.getResponseCode();
        try (InputStream body =
                status == HttpURLConnection.HTTP_OK ? connection.getInputStream() : connection.getErrorStream()) {
            // Java keeps a connection only if its answer is read.
            String answer = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
            if (status != HttpURLConnection.HTTP_OK) {
                connection.disconnect();
                throw new IOException("%d %s".formatted(status, answer));
            }
        }
    }

    @Override
    public void close() {
        isOver = true;
        clients.shutdownNow();
    }
}
