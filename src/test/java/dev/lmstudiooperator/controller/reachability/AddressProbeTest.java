package dev.lmstudiooperator.controller.reachability;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Probes real servers on this machine. */
@Timeout(60)
class AddressProbeTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final char[] PASSWORD = "not-a-secret".toCharArray();

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final AddressProbe probe = new AddressProbe(executor);
    private final Queue<String> paths = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        probe.close();
        executor.close();
    }

    @Test
    void anyHttpAnswerCounts() throws IOException {
        try (Server server = started(HttpServer.create(), 404)) {
            assertThat(probe(false, server.port())).isEmpty();
            assertThat(paths).containsExactly("/lmstudio-greeting");
        }
    }

    @Test
    void redirectIsAnAnswerAndIsNotFollowed() throws IOException {
        try (Server server = started(HttpServer.create(), 302)) {
            assertThat(probe(false, server.port())).isEmpty();
            assertThat(paths).hasSize(1);
        }
    }

    @Test
    void untrustedCertificateIsAnAnswer(@TempDir Path folder)
            throws IOException, InterruptedException, GeneralSecurityException {
        HttpsServer https = HttpsServer.create();
        https.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder.resolve("keys.p12"))));
        try (Server server = started(https, 404)) {
            assertThat(probe(true, server.port())).isEmpty();
            assertThat(paths).isEmpty();
        }
    }

    @Test
    void serverWithoutTlsDoesNotAnswerHttps() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            executor.execute(() -> answerInPlainText(socket));

            assertThat(probe(true, socket.getLocalPort())).contains("the TLS handshake failed");
        }
    }

    private static void answerInPlainText(ServerSocket socket) {
        try (Socket client = socket.accept()) {
            client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void closedPortRefuses() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            port = socket.getLocalPort();
        }

        assertThat(probe(false, port)).contains("the connection was refused");
    }

    @Test
    void serverThatIsSilentDoesNotAnswer() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            assertThat(probe(false, socket.getLocalPort())).contains("no answer within 2 s");
        }
    }

    private Optional<String> probe(boolean isHttps, int port) {
        return probe.probe(new NodeAddress.Usable(isHttps, port, List.of(LOOPBACK.getHostAddress()), List.of()))
                .join();
    }

    private record Server(HttpServer server) implements AutoCloseable {

        int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private Server started(HttpServer server, int status) throws IOException {
        server.bind(new InetSocketAddress(LOOPBACK, 0), 0);
        server.createContext("/", exchange -> {
            paths.add(exchange.getRequestURI().getPath());
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        return new Server(server);
    }

    private static SSLContext selfSigned(Path keys) throws IOException, InterruptedException, GeneralSecurityException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=gpu-1",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        keys.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(keys)) {
            store.load(file, PASSWORD);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
