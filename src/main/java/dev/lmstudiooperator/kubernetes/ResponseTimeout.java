package dev.lmstudiooperator.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fails a request whose response begins but does not end. The request timeout of the client covers only the time until the
 * first bytes of the response. If the connection dies then, the caller would wait forever. A watch has no end.
 */
final class ResponseTimeout implements Interceptor {

    private final Duration limit;

    private ResponseTimeout(Duration limit) {
        this.limit = limit;
    }

    static void addTo(HttpClient.Builder client, Duration limit) {
        client.addOrReplaceInterceptor(ResponseTimeout.class.getName(), new ResponseTimeout(limit));
    }

    @Override
    public void after(
            HttpRequest request, HttpResponse<?> response, AsyncBody.@Nullable Consumer<List<ByteBuffer>> consumer) {
        if (consumer != null && response.body() instanceof AsyncBody body && !isWatch(request)) {
            CompletableFuture<Void> end = body.done().copy().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
            CompletableFuture<Void> unused = end.exceptionally(failure -> {
                if (failure instanceof TimeoutException && body.done().completeExceptionally(tooLong(request))) {
                    body.cancel();
                }
                return null;
            });
        }
    }

    private IOException tooLong(HttpRequest request) {
        return new IOException("The response did not end within %d s: %s %s"
                .formatted(limit.toSeconds(), request.method(), request.uri().getPath()));
    }

    private static boolean isWatch(HttpRequest request) {
        String query = request.uri().getQuery();
        return query != null && query.contains("watch=true");
    }
}
