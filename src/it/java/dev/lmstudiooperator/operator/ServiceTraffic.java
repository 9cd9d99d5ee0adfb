package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of a Service. Each follows the EndpointSlices as kube-proxy does, and opens a connection to a random ready endpoint
 * for each request.
 */
final class ServiceTraffic implements AutoCloseable {

    private static final int CONNECT_MILLIS = 2_000;
    private static final int ANSWER_MILLIS = 30_000;

    private final SharedIndexInformer<EndpointSlice> slices;
    private final ExecutorService clients = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("client-", 1).factory());
    private final AtomicInteger answers = new AtomicInteger();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final byte[] request;
    private volatile boolean isOver;

    private ServiceTraffic(SharedIndexInformer<EndpointSlice> slices, String identifier) {
        this.slices = slices;
        this.request = SimulatorProcess.object()
                .put("model", identifier)
                .put("max_tokens", 1)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Starts clients that send one request after the other. */
    static ServiceTraffic start(
            KubernetesClient admin, String namespace, String service, String identifier, int clients) {
        SharedIndexInformer<EndpointSlice> slices = admin.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .withLabel("kubernetes.io/service-name", service)
                .runnableInformer(0)
                .run();
        ServiceTraffic traffic = new ServiceTraffic(slices, identifier);
        for (int i = 0; i < clients; i++) {
            traffic.clients.execute(traffic::send);
        }
        return traffic;
    }

    int answers() {
        return answers.get();
    }

    List<String> errors() {
        return List.copyOf(errors);
    }

    /** Waits for the last answers. */
    void finish() throws InterruptedException {
        isOver = true;
        clients.shutdown();
        if (!clients.awaitTermination(ANSWER_MILLIS, TimeUnit.MILLISECONDS)) {
            errors.add("A client still waits");
        }
    }

    private void send() {
        while (!isOver) {
            List<String> ready = ready();
            if (ready.isEmpty()) {
                errors.add("No endpoint is ready");
                return;
            }
            String url = ready.get(ThreadLocalRandom.current().nextInt(ready.size()));
            try {
                chat(url);
                answers.incrementAndGet();
            } catch (IOException e) {
                errors.add("%s: %s".formatted(url, e));
            }
        }
    }

    private List<String> ready() {
        List<String> urls = new ArrayList<>();
        slices.getStore().list().forEach(slice -> slice.getEndpoints().stream()
                .filter(endpoint -> endpoint.getConditions().getReady())
                .forEach(endpoint -> urls.add("http://%s:%d/v1/chat/completions"
                        .formatted(
                                endpoint.getAddresses().getFirst(),
                                slice.getPorts().getFirst().getPort()))));
        return urls;
    }

    private void chat(String url) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(ANSWER_MILLIS);
        connection.setRequestProperty("Connection", "close");
        connection.setDoOutput(true);
        try {
            try (OutputStream out = connection.getOutputStream()) {
                out.write(request);
            }
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                try (InputStream body = connection.getErrorStream()) {
                    throw new IOException("%d %s"
                            .formatted(
                                    status,
                                    body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8)));
                }
            }
            try (InputStream body = connection.getInputStream()) {
                body.readAllBytes();
            }
        } finally {
            connection.disconnect();
        }
    }

    @Override
    public void close() {
        isOver = true;
        clients.shutdownNow();
        slices.close();
    }
}
