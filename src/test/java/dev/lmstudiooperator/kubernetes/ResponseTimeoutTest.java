package dev.lmstudiooperator.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests responses that begin and then stop, as on a connection that dies silently. */
@Timeout(60)
class ResponseTimeoutTest {

    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final BlockingQueue<Socket> connections = new ArrayBlockingQueue<>(10);
    private ServerSocket server;
    private KubernetesClient client;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::serve);
        client = KubernetesClients.builder(LIMIT)
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + server.getLocalPort())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    /** Answers each request with the beginning of a response, and keeps the connection open. */
    private void serve() {
        try {
            while (true) {
                Socket connection = server.accept();
                connections.add(connection);
                BufferedReader request =
                        new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII));
                while (!request.readLine().isEmpty()) {
                    // A GET has no body.
                }
                write(
                        connection,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"kind\":");
            }
        } catch (IOException e) {
            // The test has ended.
        }
    }

    private static void write(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(US_ASCII));
    }

    @Test
    void readFails() {
        assertThatThrownBy(() ->
                        client.pods().inNamespace("models").withName("llama").get())
                .isInstanceOf(KubernetesClientException.class)
                .rootCause()
                .hasMessage("The response did not end within 1 s: GET /api/v1/namespaces/models/pods/llama");
    }

    @Test
    void watchLastsLonger() throws Exception {
        BlockingQueue<Integer> received = new ArrayBlockingQueue<>(10);
        HttpResponse<AsyncBody> watch = client.getHttpClient()
                .consumeBytes(
                        client.getHttpClient()
                                .newHttpRequestBuilder()
                                .uri(URI.create("http://127.0.0.1:%d/api/v1/pods?watch=true&resourceVersion=1"
                                        .formatted(server.getLocalPort())))
                                .build(),
                        (buffers, body) -> {
                            received.add(buffers.size());
                            body.consume();
                        })
                .get(20, SECONDS);
        watch.body().consume();
        assertThat(received.poll(20, SECONDS)).isPositive();

        assertThatThrownBy(() ->
                        client.pods().inNamespace("models").withName("llama").get())
                .isInstanceOf(KubernetesClientException.class);

        assertThat(watch.body().done()).isNotDone();
        write(connections.element(), "\"Pod\"}");
        assertThat(received.poll(20, SECONDS)).isPositive();
    }
}
