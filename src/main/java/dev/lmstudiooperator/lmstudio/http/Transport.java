package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sends one request to LM Studio and returns the reply, with limits for time and size. */
final class Transport implements AutoCloseable {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final HttpSettings settings;
    private final HttpClient client;

    Transport(HttpSettings settings) {
        this.settings = settings;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(settings.connectDeadline())
                .build();
    }

    Reply get(String path) throws InfrastructureFailure, InterruptedException {
        return exchange(path, null, settings.listDeadline());
    }

    Reply post(String path, JsonNode body, Duration deadline) throws InfrastructureFailure, InterruptedException {
        return exchange(path, body, deadline);
    }

    private Reply exchange(String path, @Nullable JsonNode body, Duration deadline)
            throws InfrastructureFailure, InterruptedException {
        String what = (body == null ? "GET " : "POST ") + path;
        Optional<ApiToken> token = ApiToken.read(settings.tokenFile());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(settings.address().resolve(path)).header("Accept", "application/json");
        token.ifPresent(present -> request.header("Authorization", "Bearer " + present.secret()));
        if (body != null) {
            request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString()));
        }
        HttpResponse<byte[]> response = send(what, request.build(), deadline);
        String text = new String(response.body(), StandardCharsets.UTF_8);
        return reply(
                what,
                response.statusCode(),
                token.map(present -> present.withoutSecret(text)).orElse(text));
    }

    private HttpResponse<byte[]> send(String what, HttpRequest request, Duration deadline)
            throws InfrastructureFailure, InterruptedException {
        SizeLimitedBodyHandler body = new SizeLimitedBodyHandler(settings.responseBytes());
        CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(request, body);
        try {
            // The timeout of the client covers only the headers. A slow body would block this thread forever.
            return exchange.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new InfrastructureFailure(
                    Kind.TIMED_OUT,
                    "%s at %s was not answered within %d ms — check whether LM Studio is frozen or busy"
                            .formatted(what, settings.address(), deadline.toMillis()),
                    e);
        } catch (ExecutionException e) {
            throw failure(what, e.getCause() == null ? e : e.getCause(), body.hasHeaders());
        } finally {
            // Closes the connection of an aborted exchange. Has no effect on a completed one.
            exchange.cancel(true);
        }
    }

    private InfrastructureFailure failure(String what, Throwable cause, boolean hasHeaders) {
        if (cause instanceof SizeLimitedBodyHandler.TooLargeException
                || cause instanceof ProtocolException
                || hasHeaders) {
            return new InfrastructureFailure(
                    Kind.UNREADABLE_OUTPUT,
                    "%s at %s was answered with something broken (%s) — check that the address is LM Studio's"
                            .formatted(what, settings.address(), TextSanitizer.of(cause)),
                    cause);
        }
        if (cause instanceof IOException) {
            return new InfrastructureFailure(
                    Kind.UNREACHABLE,
                    "LM Studio's HTTP server does not answer at %s (%s) — start it: `lms server start`"
                            .formatted(settings.address(), connectFailure(cause, settings.connectDeadline())),
                    cause);
        }
        return new InfrastructureFailure(
                Kind.UNKNOWN, "%s at %s failed: %s".formatted(what, settings.address(), named(cause)), cause);
    }

    private Reply reply(String what, int status, String text) throws InfrastructureFailure {
        @Nullable JacksonException broken = null;
        try {
            JsonNode body = JSON.readTree(text);
            if (body.isObject()) {
                return new Reply(what, status, body);
            }
        } catch (JacksonException e) {
            broken = e;
        }
        if (status < 400) {
            String start = TextSanitizer.clean(text.substring(0, Math.min(80, text.length())));
            throw new InfrastructureFailure(
                    Kind.UNREADABLE_OUTPUT,
                    "%s at %s was answered with %d and %d characters that are no JSON object ('%s') — check that the address is LM Studio's"
                            .formatted(what, settings.address(), status, text.length(), start),
                    broken);
        }
        // The status code is sufficient here: a proxy in between sends HTML, or no body.
        return new Reply(what, status, JsonNodeFactory.instance.objectNode());
    }

    /**
     * Returns why a connection failed. The exceptions of the Java client often have no message.
     *
     * @param deadline the maximum time for establishing a connection
     */
    static String connectFailure(Throwable failure, Duration deadline) {
        if (failure instanceof HttpConnectTimeoutException) {
            return "no connection within " + LmStudioFailure.readable(deadline);
        }
        if (isUnknownHost(failure)) {
            return "unknown host";
        }
        return failure instanceof ConnectException && failure.getMessage() == null
                ? "connection refused"
                : named(failure);
    }

    /** Returns the type of the exception and its message. */
    private static String named(Throwable exception) {
        String kind = exception.getClass().getSimpleName();
        String message = TextSanitizer.of(exception);
        return message.equals(kind) ? kind : kind + " " + message;
    }

    private static boolean isUnknownHost(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(
                        cause -> cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
