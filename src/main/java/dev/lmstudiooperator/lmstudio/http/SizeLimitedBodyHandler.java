package dev.lmstudiooperator.lmstudio.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Collects a response body up to a maximum size. Records whether headers arrived, which distinguishes a broken response
 * from a missing one.
 */
final class SizeLimitedBodyHandler implements BodyHandler<byte[]> {

    /** Thrown when the body exceeds the maximum size. */
    static final class TooLargeException extends IOException {

        TooLargeException(int cap) {
            super("more than " + cap + " bytes");
        }
    }

    private final int cap;
    private volatile boolean hasHeaders;

    SizeLimitedBodyHandler(int cap) {
        this.cap = cap;
    }

    boolean hasHeaders() {
        return hasHeaders;
    }

    @Override
    public BodySubscriber<byte[]> apply(ResponseInfo info) {
        hasHeaders = true;
        return new Collector(cap);
    }

    private static final class Collector implements BodySubscriber<byte[]> {

        private final int cap;
        private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
        private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        Collector(int cap) {
            this.cap = cap;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return whole;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            for (ByteBuffer part : parts) {
                if (collected.size() + part.remaining() > cap) {
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    whole.completeExceptionally(new TooLargeException(cap));
                    return;
                }
                byte[] bytes = new byte[part.remaining()];
                part.get(bytes);
                collected.writeBytes(bytes);
            }
        }

        @Override
        public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            whole.complete(collected.toByteArray());
        }
    }
}
