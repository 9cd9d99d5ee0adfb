package dev.lmstudiooperator.controller.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReconcileQueueTest {

    private static final ResourceID CHAT = new ResourceID("chat", "models");

    private static final int PATIENCE_SECONDS = 10;

    private final BlockingQueue<ResourceID> reconciled = new LinkedBlockingQueue<>();

    private ResourceID next() throws InterruptedException {
        return reconciled.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void nothingIsReconciledBeforeTheStart() throws InterruptedException {
        try (ReconcileQueue queue = new ReconcileQueue("test", reconciled::add)) {
            queue.add(CHAT);
            assertThat(reconciled).isEmpty();

            queue.start();

            assertThat(next()).isEqualTo(CHAT);
        }
    }

    @Test
    void nameThatIsAddedWhileItIsReconciledIsReconciledOnceMore() throws InterruptedException {
        Semaphore begun = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        AtomicInteger parallel = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (ReconcileQueue queue = new ReconcileQueue("test", id -> {
            most.accumulateAndGet(parallel.incrementAndGet(), Math::max);
            begun.release();
            mayEnd.acquireUninterruptibly();
            parallel.decrementAndGet();
            reconciled.add(id);
        })) {
            queue.start();
            queue.add(CHAT);
            begun.acquire();
            queue.add(CHAT);
            queue.add(CHAT);
            mayEnd.release(10);

            assertThat(next()).isEqualTo(CHAT);
            assertThat(next()).isEqualTo(CHAT);
            queue.add(new ResourceID("last", "models"));
            assertThat(next().getName()).isEqualTo("last");
            assertThat(most).hasValue(1);
        }
    }

    @Test
    void failureIsRetried() throws InterruptedException {
        AtomicInteger attempts = new AtomicInteger();
        try (ReconcileQueue queue = new ReconcileQueue("test", id -> {
            switch (attempts.incrementAndGet()) {
                case 1 -> throw new KubernetesClientException("conflict", 409, null);
                case 2 -> throw new IllegalStateException("unexpected");
                default -> reconciled.add(id);
            }
        })) {
            queue.start();
            queue.add(CHAT);

            assertThat(next()).isEqualTo(CHAT);
            assertThat(attempts).hasValue(3);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 200", "2, 400", "3, 800", "9, 51200", "10, 60000", "1000000, 60000"})
    void delayDoublesUpToAMinute(int failures, long millis) {
        assertThat(ReconcileQueue.delayAfter(failures)).isEqualTo(Duration.ofMillis(millis));
    }
}
