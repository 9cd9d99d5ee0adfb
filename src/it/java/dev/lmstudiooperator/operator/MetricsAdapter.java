package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lmstudiooperator.controlplane.Kubectl;
import dev.lmstudiooperator.controlplane.Program;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A stand-in for a metrics adapter. The API server forwards requests for {@code external.metrics.k8s.io} to it. Each metric has
 * the value that the test sets.
 */
final class MetricsAdapter implements AutoCloseable {

    private static final String API = "/apis/external.metrics.k8s.io/v1beta1";
    private static final String PASSWORD = "test-only";

    private final HttpsServer server;
    private final Kubectl kubectl;
    private final Path registration;
    private volatile int value;
    private volatile String lastRequest = "";

    private MetricsAdapter(HttpsServer server, Kubectl kubectl, Path registration) {
        this.server = server;
        this.kubectl = kubectl;
        this.registration = registration;
    }

    /** Starts the adapter, and registers it at the API server. */
    static MetricsAdapter start(Kubectl kubectl, String namespace, Path folder)
            throws IOException, GeneralSecurityException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(folder)));
        Path registration = Files.writeString(folder.resolve("registration.yaml"), """
                apiVersion: v1
                kind: Service
                metadata: {name: metrics-adapter, namespace: %1$s}
                spec: {type: ExternalName, externalName: localhost}
                ---
                apiVersion: apiregistration.k8s.io/v1
                kind: APIService
                metadata: {name: v1beta1.external.metrics.k8s.io}
                spec:
                  group: external.metrics.k8s.io
                  version: v1beta1
                  groupPriorityMinimum: 100
                  versionPriority: 100
                  insecureSkipTLSVerify: true
                  service: {name: metrics-adapter, namespace: %1$s, port: %2$d}
                """.formatted(
                        namespace, server.getAddress().getPort()));
        MetricsAdapter adapter = new MetricsAdapter(server, kubectl, registration);
        server.createContext("/", exchange -> answer(exchange, 404, "{}"));
        server.createContext(API, adapter::serve);
        server.start();
        kubectl.run("apply", "-f", registration.toString()).orThrow();
        eventually(
                "the API server forwards requests to the metrics adapter",
                () -> kubectl.run("get", "--raw", API).exitCode(),
                code -> code == 0);
        return adapter;
    }

    void report(int newValue) {
        value = newValue;
    }

    /** The path and the query of the last request for a metric. */
    String lastRequest() {
        return lastRequest;
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals(API)) {
            answer(exchange, 200, """
                    {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "external.metrics.k8s.io/v1beta1",
                     "resources": []}
                    """);
            return;
        }
        lastRequest = exchange.getRequestURI().toString();
        answer(exchange, 200, """
                {"kind": "ExternalMetricValueList", "apiVersion": "external.metrics.k8s.io/v1beta1", "metadata": {},
                 "items": [{"metricName": "%s", "metricLabels": {}, "timestamp": "%s", "value": "%d"}]}
                """.formatted(path.substring(path.lastIndexOf('/') + 1), Instant.now(), value));
    }

    private static void answer(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static SSLContext tls(Path folder) throws IOException, GeneralSecurityException {
        Path file = folder.resolve("keys.p12");
        new Program(Path.of(System.getProperty("java.home"), "bin", "keytool"), Map.of(), folder)
                .run(
                        "-genkeypair",
                        "-alias",
                        "adapter",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .orThrow();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @Override
    public void close() {
        kubectl.run("delete", "-f", registration.toString(), "--ignore-not-found");
        server.stop(0);
    }
}
