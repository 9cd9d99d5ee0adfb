package dev.lmstudiooperator.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Serves the Git repositories of a folder over HTTP. {@code git http-backend}, a CGI program, does the work. */
final class GitServer implements AutoCloseable {

    /** The CGI variables, and the headers of the request that they have. */
    private static final Map<String, String> HEADERS = Map.of(
            "CONTENT_TYPE", "Content-Type",
            "GIT_PROTOCOL", "Git-Protocol",
            "HTTP_CONTENT_ENCODING", "Content-Encoding");

    private final Path folder;
    private final HttpServer server;

    private GitServer(Path folder, HttpServer server) {
        this.folder = folder;
        this.server = server;
    }

    static GitServer start(String address, Path folder) {
        try {
            var server = new GitServer(folder, HttpServer.create(new InetSocketAddress(address, 0), 0));
            server.server.createContext("/", server::handle);
            server.server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        InetSocketAddress address = server.getAddress();
        return "http://%s:%d".formatted(address.getHostString(), address.getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Process backend = backendFor(exchange).start();
            try (OutputStream request = backend.getOutputStream()) {
                exchange.getRequestBody().transferTo(request);
            }
            try (InputStream answer = new BufferedInputStream(backend.getInputStream())) {
                answer(exchange, answer);
            }
        }
    }

    private ProcessBuilder backendFor(HttpExchange exchange) {
        ProcessBuilder backend =
                new ProcessBuilder("git", "http-backend").redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = backend.environment();
        environment.put("GIT_PROJECT_ROOT", folder.toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("REQUEST_METHOD", exchange.getRequestMethod());
        environment.put("PATH_INFO", exchange.getRequestURI().getPath());
        environment.put(
                "QUERY_STRING",
                Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), ""));
        HEADERS.forEach((variable, header) -> Optional.ofNullable(
                        exchange.getRequestHeaders().getFirst(header))
                .ifPresent(value -> environment.put(variable, value)));
        return backend;
    }

    /** Writes headers and body of the CGI program as an HTTP response. */
    private static void answer(HttpExchange exchange, InputStream cgi) throws IOException {
        int status = 200;
        for (String line = line(cgi); !line.isEmpty(); line = line(cgi)) {
            String[] header = line.split(": ", 2);
            if (header[0].equals("Status")) {
                status = Integer.parseInt(header[1].substring(0, 3));
            } else {
                exchange.getResponseHeaders().add(header[0], header[1]);
            }
        }
        exchange.sendResponseHeaders(status, 0);
        cgi.transferTo(exchange.getResponseBody());
    }

    private static String line(InputStream text) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = text.read(); next != '\n' && next != -1; next = text.read()) {
            line.write(next);
        }
        return line.toString(US_ASCII).strip();
    }
}
