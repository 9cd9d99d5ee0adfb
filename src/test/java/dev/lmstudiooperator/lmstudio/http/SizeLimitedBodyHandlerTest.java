package dev.lmstudiooperator.lmstudio.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** Tests how much of a response body is kept. */
class SizeLimitedBodyHandlerTest {

    private final BodySubscriber<byte[]> body = new SizeLimitedBodyHandler(4).apply(new ResponseInfo() {
        @Override
        public int statusCode() {
            return 200;
        }

        @Override
        public HttpHeaders headers() {
            return HttpHeaders.of(Map.of(), (name, value) -> true);
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    });
    private boolean isCancelled;

    @Test
    void answerUpToTheCapIsKept() {
        body.onSubscribe(subscription());
        body.onNext(List.of(ByteBuffer.wrap(new byte[] {1, 2}), ByteBuffer.wrap(new byte[] {3})));
        body.onNext(List.of(ByteBuffer.wrap(new byte[] {4})));
        body.onComplete();

        assertThat(body.getBody().toCompletableFuture()).isCompletedWithValueMatching(whole -> whole.length == 4);
        assertThat(isCancelled).isFalse();
    }

    @Test
    void answerWhosePartsExceedTheCapTogetherIsCutOff() {
        body.onSubscribe(subscription());
        body.onNext(List.of(ByteBuffer.wrap(new byte[] {1, 2, 3})));
        assertThat(isCancelled).isFalse();
        body.onNext(List.of(ByteBuffer.wrap(new byte[] {4, 5})));

        assertThat(body.getBody().toCompletableFuture()).isCompletedExceptionally();
        assertThat(isCancelled).isTrue();
    }

    private Flow.Subscription subscription() {
        return new Flow.Subscription() {
            @Override
            public void request(long number) {}

            @Override
            public void cancel() {
                isCancelled = true;
            }
        };
    }
}
