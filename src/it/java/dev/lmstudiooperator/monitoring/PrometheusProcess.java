package dev.lmstudiooperator.monitoring;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Prometheus with its own port and data directory. */
final class PrometheusProcess implements AutoCloseable {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;
    private final Path log;
    private final URI address;
    private final HttpClient client = HttpClient.newHttpClient();

    private PrometheusProcess(Process process, Path log, URI address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /** Starts Prometheus and waits until it is ready. */
    static PrometheusProcess start(FastConfiguration configuration) {
        try {
            Path log = configuration.folder().resolve("prometheus.log");
            String listenAddress = "127.0.0.1:" + freePort();
            Process process = new ProcessBuilder(
                            PrometheusBinaries.install().prometheus(),
                            "--config.file=" + configuration.file(),
                            "--storage.tsdb.path=" + Files.createTempDirectory(configuration.folder(), "data-"),
                            "--web.listen-address=" + listenAddress)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            var prometheus = new PrometheusProcess(process, log, URI.create("http://" + listenAddress));
            eventually("Prometheus is ready", PATIENCE, prometheus::readiness, seen -> seen.equals("200"));
            return prometheus;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the result of an instant query. */
    List<JsonNode> query(String expression) {
        return results("query?query=" + encode(expression));
    }

    /** Returns the result of a range query from the start until now, with a step of one second. */
    List<JsonNode> querySince(Instant start, String expression) {
        return results("query_range?step=1&start=%s&end=%s&query=%s"
                .formatted(start.getEpochSecond(), Instant.now().getEpochSecond(), encode(expression)));
    }

    /** Returns the labels of each firing alert. */
    List<JsonNode> firing() {
        return get("alerts")
                .path("alerts")
                .valueStream()
                .filter(alert -> alert.path("state").asText().equals("firing"))
                .map(alert -> alert.path("labels"))
                .toList();
    }

    private List<JsonNode> results(String path) {
        return get(path).path("result").valueStream().toList();
    }

    private JsonNode get(String path) {
        try {
            HttpResponse<String> answer = send("/api/v1/" + path);
            JsonNode json = MAPPER.readTree(answer.body());
            if (!json.path("status").asText().equals("success")) {
                throw new AssertionError(path + ": " + answer.body());
            }
            return json.path("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String readiness() {
        try {
            return String.valueOf(send("/-/ready").statusCode());
        } catch (IOException e) {
            return e + (process.isAlive() ? "" : log());
        }
    }

    private HttpResponse<String> send(String path) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve(path)).timeout(PATIENCE).build();
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String encode(String expression) {
        return URLEncoder.encode(expression, StandardCharsets.UTF_8);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
