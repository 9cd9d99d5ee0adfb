package dev.lmstudiooperator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventQueueTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final HasMetadata OBJECT = new PodBuilder()
            .withNewMetadata()
            .withNamespace("team-a")
            .withName("chat")
            .endMetadata()
            .build();

    private final BlockingQueue<String> written = new LinkedBlockingQueue<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);

    @Test
    void recordingDoesNotBlockAndKeepsTheOrder() throws InterruptedException {
        try (EventQueue queue = new EventQueue(this::writeAfterTheAnswer)) {
            queue.record(OBJECT, news("Loading"), NOON);
            queue.record(OBJECT, news("Verified"), NOON.plusSeconds(1));
            assertThat(written).isEmpty();

            answer.countDown();

            assertThat(List.of(written.take(), written.take()))
                    .containsExactly("chat Loading 2026-01-01T12:00:00Z", "chat Verified 2026-01-01T12:00:01Z");
        }
    }

    @Test
    void whatIsTooMuchIsLeftOut() throws InterruptedException {
        try (EventQueue queue = new EventQueue(this::writeAfterTheAnswer)) {
            queue.record(OBJECT, news("First"), NOON);
            begun.await();
            IntStream.range(0, EventQueue.MOST_WAITING).forEach(i -> queue.record(OBJECT, news("Waits" + i), NOON));
            queue.record(OBJECT, news("TooMuch"), NOON);

            answer.countDown();
        }
        assertThat(written)
                .hasSize(1 + EventQueue.MOST_WAITING)
                .noneMatch(line -> line.contains("TooMuch"))
                .last()
                .asString()
                .contains("Waits999");
    }

    @Test
    void eventsRecordedBeforeTheEndAreWritten() {
        answer.countDown();
        EventQueue queue = new EventQueue(this::writeAfterTheAnswer);
        queue.record(OBJECT, news("Unloading"), NOON);

        queue.close();

        assertThat(written).singleElement().asString().contains("Unloading");
    }

    @Test
    void closeIsBoundedAndDropsNewEvents() {
        EventQueue queue = new EventQueue(this::writeAfterTheAnswer);
        queue.record(OBJECT, news("Unloading"), NOON);

        queue.close();
        queue.record(OBJECT, news("Late"), NOON);

        assertThat(written).isEmpty();
    }

    private void writeAfterTheAnswer(HasMetadata object, EventData news, Instant at) {
        begun.countDown();
        try {
            answer.await();
            written.add("%s %s %s".formatted(object.getMetadata().getName(), news.reason(), at));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static EventData news(String reason) {
        return new EventData(false, reason, "A sentence");
    }
}
