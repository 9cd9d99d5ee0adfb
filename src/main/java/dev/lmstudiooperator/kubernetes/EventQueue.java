package dev.lmstudiooperator.kubernetes;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import org.jboss.logging.Logger;

/**
 * Writes Events beside the reconciles, one after the other in the order in which they were told: a reconcile does not wait for
 * an API server that is slow to take them. Those that are too many are left out.
 */
public final class EventQueue implements EventSink, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(EventQueue.class);

    /** As many as Kubernetes' own components let wait. */
    static final int MOST_WAITING = 1_000;

    /** What is told last is waited for so long. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final EventSink sink;
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1,
            1,
            0,
            MILLISECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("events-", 1).factory());

    /** @param sink writes an Event, and returns when that is done */
    public EventQueue(EventSink sink) {
        this.sink = sink;
    }

    @Override
    public void tell(HasMetadata object, EventData news, Instant at) {
        try {
            writer.execute(() -> sink.tell(object, news, at));
        } catch (RejectedExecutionException e) {
            LogEvent.of("Dropped Event: queue is full")
                    .about(
                            object.getMetadata().getNamespace(),
                            object.getMetadata().getName())
                    .with(LogField.REASON, news.reason())
                    .warn(LOG);
        }
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(LAST_WORDS.toMillis(), MILLISECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
