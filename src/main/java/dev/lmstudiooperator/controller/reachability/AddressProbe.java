package dev.lmstudiooperator.controller.reachability;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Probes whether an address answers. The probe follows no redirect, sends no credentials, and ignores the body. It reveals
 * only whether something answers.
 */
final class AddressProbe implements AutoCloseable {

    /** LM Studio answers this path without a token and does not load a model. */
    private static final String PATH = "/lmstudio-greeting";

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Executor executor;

    /** Created for the first probe, because a client has threads and certificates; null before. */
    private @Nullable HttpClient client;

    AddressProbe(Executor executor) {
        this.executor = executor;
    }

    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(TIMEOUT)
                    .executor(executor)
                    .build();
        }
        return client;
    }

    /** Returns why the address does not answer; empty if it does. The result never completes exceptionally. */
    CompletableFuture<Optional<String>> probe(NodeAddress.Usable address) {
        HttpRequest request =
                HttpRequest.newBuilder(url(address)).timeout(TIMEOUT).build();
        return client().sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .handle((response, failure) -> failure == null ? answered(response) : failed(failure));
    }

    static URI url(NodeAddress.Usable address) {
        return URI.create(
                "%s://%s:%d%s".formatted(address.isHttps() ? "https" : "http", address.host(), address.port(), PATH));
    }

    /** Closes the body without reading it. */
    private static Optional<String> answered(HttpResponse<InputStream> response) {
        try {
            response.body().close();
        } catch (IOException e) {
            // The response has arrived, which is all that matters.
        }
        return Optional.empty();
    }

    /** An untrusted certificate is an answer. The clients of the Service decide which certificates they trust. */
    private static Optional<String> failed(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return switch (cause) {
            case SSLException handshake when isAboutCertificate(handshake) -> Optional.empty();
            case SSLException handshake -> Optional.of("the TLS handshake failed");
            case HttpTimeoutException timeout -> Optional.of("no answer within %d s".formatted(TIMEOUT.toSeconds()));
            case ConnectException refused -> Optional.of("the connection was refused");
            case null, default -> Optional.of("the connection failed");
        };
    }

    private static boolean isAboutCertificate(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(GeneralSecurityException.class::isInstance);
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
