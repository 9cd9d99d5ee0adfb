package dev.lmstudiooperator.controller.endpointslice;

import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reconciles names of objects, as the work queues of Kubernetes' own controllers do. A name is queued at most once, and is
 * reconciled by one thread at a time. It needs no object, so that leftovers of deleted objects are reconciled too. A failure
 * is retried with exponential backoff.
 */
final class ReconcileQueue implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(ReconcileQueue.class);

    private static final int THREADS = 4;
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);
    private static final int MOST_DOUBLINGS = 10;

    private final String kind;
    private final Consumer<ResourceID> reconciler;
    private final ScheduledThreadPoolExecutor executor;
    private final Set<ResourceID> waiting = new HashSet<>();
    private final Set<ResourceID> running = new HashSet<>();
    private final Map<ResourceID, Integer> failures = new HashMap<>();
    private boolean isStarted;

    /** @param kind the kind of the objects, for logs and threads */
    ReconcileQueue(String kind, Consumer<ResourceID> reconciler) {
        this.kind = kind;
        this.reconciler = reconciler;
        this.executor = new ScheduledThreadPoolExecutor(
                THREADS, Thread.ofPlatform().daemon().name(kind + "-", 1).factory());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    /** Starts with the names that were queued before. */
    synchronized void start() {
        isStarted = true;
        waiting.forEach(id -> executor.execute(() -> run(id)));
    }

    /** Queues the name. If it is being reconciled, it is reconciled once more afterwards. */
    synchronized void add(ResourceID id) {
        if (executor.isShutdown()) {
            return;
        }
        boolean isNew = waiting.add(id);
        if (isStarted && isNew && !running.contains(id)) {
            executor.execute(() -> run(id));
        }
    }

    /** Runs the task with a fixed delay between runs. */
    void repeat(Runnable task, Duration delay) {
        var unused = executor.scheduleWithFixedDelay(task, delay.toMillis(), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void run(ResourceID id) {
        synchronized (this) {
            waiting.remove(id);
            running.add(id);
        }
        try {
            reconciler.accept(id);
            succeeded(id);
        } catch (KubernetesClientException e) {
            retry(id, e);
        } catch (RuntimeException e) {
            LogEvent.of("Unexpected failure of a reconciliation")
                    .about(id)
                    .with(LogField.DETAIL, kind)
                    .error(LOG, e);
            retry(id, null);
        } finally {
            ended(id);
        }
    }

    private synchronized void succeeded(ResourceID id) {
        failures.remove(id);
    }

    private synchronized void ended(ResourceID id) {
        running.remove(id);
        if (waiting.contains(id) && !executor.isShutdown()) {
            executor.execute(() -> run(id));
        }
    }

    private synchronized void retry(ResourceID id, @Nullable KubernetesClientException failure) {
        if (executor.isShutdown()) {
            return;
        }
        int count = failures.merge(id, 1, Integer::sum);
        if (failure != null) {
            LogEvent event = LogEvent.of("Failed to reconcile; retrying")
                    .about(id)
                    .with(LogField.DETAIL, kind)
                    .with(LogField.FAILURES, count)
                    .with(LogField.ERROR, failure.getMessage());
            if (failure.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                event.debug(LOG);
            } else {
                event.warn(LOG);
            }
        }
        var unused = executor.schedule(() -> add(id), delayAfter(count).toMillis(), TimeUnit.MILLISECONDS);
    }

    /** @param failures failures in a row, at least 1 */
    static Duration delayAfter(int failures) {
        Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
        return delay.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : delay;
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(2, TimeUnit.SECONDS)) {
                LogEvent.of("A reconciliation is still running")
                        .with(LogField.DETAIL, kind)
                        .debug(LOG);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
