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
 * Writes Events in the background, in the order in which they are recorded. A reconciliation therefore does not wait for
 * a slow API server. If the queue is full, new Events are dropped.
 */
public final class EventQueue implements EventData.Sink, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(EventQueue.class);

    /** The same limit as in Kubernetes' own components. */
    static final int MOST_WAITING = 1_000;

    /** How long {@link #close} waits for queued Events. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final EventData.Sink sink;
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1,
            1,
            0,
            MILLISECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("events-", 1).factory());

    /** @param sink writes an Event and returns after the write */
    public EventQueue(EventData.Sink sink) {
        this.sink = sink;
    }

    @Override
    public void record(HasMetadata object, EventData event, Instant at) {
        try {
            writer.execute(() -> sink.record(object, event, at));
        } catch (RejectedExecutionException e) {
            LogEvent.of("Dropped Event: queue is full")
                    .about(object)
                    .with(LogField.REASON, event.reason())
                    .warn(LOG);
        }
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_TIMEOUT.toMillis(), MILLISECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
