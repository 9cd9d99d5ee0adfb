package dev.lmstudiooperator.lmstudio.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
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

        private final BodySubscriber<byte[]> collected = BodySubscribers.ofByteArray();
        private final int cap;
        private long size;
        private Flow.@Nullable Subscription subscription;

        Collector(int cap) {
            this.cap = cap;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return collected.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            collected.onSubscribe(subscription);
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            size += parts.stream().mapToLong(ByteBuffer::remaining).sum();
            if (size <= cap) {
                collected.onNext(parts);
                return;
            }
            if (subscription != null) {
                subscription.cancel();
            }
            collected.onError(new TooLargeException(cap));
        }

        @Override
        public void onError(Throwable failure) {
            collected.onError(failure);
        }

        @Override
        public void onComplete() {
            collected.onComplete();
        }
    }
}
