package dev.lmstudiooperator.agent.operation;

import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.observer.StubObservations;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.StubApi;
import dev.lmstudiooperator.lmstudio.StubCli;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An operation queue whose calls of {@code lms} block until the test ends them. It records the calls, the results and
 * the triggered ManagedModels. A download first reports half of its progress. No instance is ever loaded.
 */
final class OperationQueueFixture {

    static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    static final ResourceID ONE = new ResourceID("one", "team");
    static final ResourceID TWO = new ResourceID("two", "team");
    static final ResourceID THREE = new ResourceID("three", "team");
    static final DownloadProgress HALF = new DownloadProgress(50, 1_000L, 2_000L);

    final BlockingQueue<OperationResult> results = new LinkedBlockingQueue<>();
    final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    final BlockingQueue<ResourceID> triggered = new LinkedBlockingQueue<>();
    final OperationQueue operations = new OperationQueue(
            cli(),
            StubApi.unreachable(),
            new StubObservations(this::observation, since -> observe(), this::observe),
            () -> NOW,
            listener());

    volatile Reading<List<DownloadedModel>> onDisk;
    volatile @Nullable LmStudioFailure failure;

    volatile boolean isRunningWhenReported;

    private final CountDownLatch mayEnd = new CountDownLatch(1);

    OperationQueueFixture(String... keysOnDisk) {
        onDisk = onDisk(keysOnDisk);
    }

    static Reading<List<DownloadedModel>> onDisk(String... keys) {
        return new Reading.Known<>(
                Stream.of(keys).map(key -> aDownloadedModel(key).build()).toList(), NOW);
    }

    /** Lets the calls end. */
    void release() {
        mayEnd.countDown();
    }

    /** Lets the operation of the first ManagedModel end, and waits for its result and its trigger. */
    void end() throws InterruptedException {
        release();
        nextResult();
        assertThat(nextTriggered()).isEqualTo(ONE);
    }

    OperationResult nextResult() throws InterruptedException {
        return next(results);
    }

    ResourceID nextTriggered() throws InterruptedException {
        return next(triggered);
    }

    private static <T> T next(BlockingQueue<T> reports) throws InterruptedException {
        T report = reports.poll(10, TimeUnit.SECONDS);
        if (report == null) {
            throw new AssertionError("No result was reported within 10 s");
        }
        return report;
    }

    CompletableFuture<Observation> observe() {
        return CompletableFuture.completedFuture(observation());
    }

    private Observation observation() {
        return anObservation(NOW).downloaded(onDisk).build();
    }

    OperationQueue.Listener listener() {
        return new OperationQueue.Listener() {
            @Override
            public void ended(ResourceID owner, OperationResult result) {
                isRunningWhenReported = operations.running(owner).isPresent();
                results.add(result);
            }

            @Override
            public void reconcile(ResourceID owner) {
                triggered.add(owner);
            }
        };
    }

    LmStudioCli cli() {
        return StubCli.answering((method, arguments) -> {
            calls.add(method);
            if (method.equals("download")) {
                reportHalf(arguments[1]);
            }
            mayEnd.await();
            if (failure != null) {
                throw failure;
            }
            return null;
        });
    }

    @SuppressWarnings("unchecked")
    private static void reportHalf(Object listener) {
        ((Consumer<DownloadProgress>) listener).accept(HALF);
    }
}
