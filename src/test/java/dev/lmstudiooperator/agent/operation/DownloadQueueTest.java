package dev.lmstudiooperator.agent.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.operation.OperationQueue.Slot;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that one download runs at a time, in which order, and with which result. */
@Timeout(60)
class DownloadQueueTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final ResourceID ONE = new ResourceID("one", "team");
    private static final ResourceID TWO = new ResourceID("two", "team");
    private static final ResourceID THREE = new ResourceID("three", "team");
    private static final String MODEL = "qwen/qwen3-14b";
    private static final Download DOWNLOAD = new Download(MODEL, null);
    private static final DownloadProgress HALF = new DownloadProgress(50, 1_000L, 2_000L);

    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final BlockingQueue<OperationResult> outcomes = new LinkedBlockingQueue<>();
    private final BlockingQueue<ResourceID> triggered = new LinkedBlockingQueue<>();
    private final OperationQueue operations =
            new OperationQueue(cli(), () -> look(), () -> look(), () -> NOW, listener());

    private volatile @Nullable LmStudioFailure failure;
    private volatile Reading<List<DownloadedModel>> onDisk = onDisk(MODEL);

    @Test
    void oneDownloadAtATime() throws InterruptedException {
        begin();
        request(TWO);

        assertThat(operations.download(ONE)).map(Download::source).contains(MODEL);
        assertThat(operations.download(TWO)).isEmpty();
        assertThat(operations.otherHolder(TWO, Slot.DOWNLOAD)).contains(ONE);
        assertThat(operations.otherHolder(ONE, Slot.DOWNLOAD)).isEmpty();

        end();

        assertThat(operations.download(ONE)).isEmpty();
        assertThat(triggered()).isEqualTo(TWO);
    }

    @Test
    void firstWhoAskedIsNext() throws InterruptedException {
        begin();
        request(TWO);
        request(THREE);
        request(TWO);

        end();

        assertThat(triggered()).isEqualTo(TWO);
        assertThat(operations.otherHolder(THREE, Slot.DOWNLOAD)).contains(TWO);
        request(THREE);
        assertThat(operations.download(THREE)).isEmpty();
        operations.withdraw(TWO, Slot.DOWNLOAD);
        assertThat(triggered()).isEqualTo(THREE);
        assertThat(operations.otherHolder(THREE, Slot.DOWNLOAD)).isEmpty();
    }

    @Test
    void whoWithdrawsIsNotCalled() throws InterruptedException {
        begin();
        request(TWO);
        request(THREE);
        operations.withdraw(TWO, Slot.DOWNLOAD);

        end();

        assertThat(triggered()).isEqualTo(THREE);
        assertThat(triggered).isEmpty();
    }

    @Test
    void onlyTheOwnerCancelsAndOnlyOnce() throws InterruptedException {
        begin();

        operations.cancel(TWO, Slot.DOWNLOAD);
        assertThat(operations.download(ONE)).isPresent();
        operations.cancel(ONE, Slot.DOWNLOAD);
        operations.cancel(ONE, Slot.DOWNLOAD);

        assertThat(outcome()).isEqualTo(new OperationResult.Cancelled(DOWNLOAD, NOW, Duration.ZERO, true));
        assertThat(triggered()).isEqualTo(ONE);
        assertThat(operations.download(ONE)).isEmpty();
    }

    @Test
    void progressIsToldAsItIsHeard() throws InterruptedException {
        begin();

        assertThat(operations.download(ONE)).contains(new Download(MODEL, HALF));
    }

    @Test
    void modelThatIsListedAfterwardsIsDownloadedWhateverTheCommandSaid() throws InterruptedException {
        failure = new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "too late");

        assertThat(outcomeOf(onDisk("other", MODEL)))
                .isEqualTo(new OperationResult.Downloaded(DOWNLOAD, NOW, Duration.ZERO));
    }

    @Test
    void successWithoutTheExactKeyIsAFailureThatNamesTheNearest() throws InterruptedException {
        assertThat(failed(onDisk("qwen/qwen3-14b-instruct", "llama")).explanation())
                .contains("no model with exactly this key", "The nearest: qwen/qwen3-14b-instruct")
                .doesNotContain("llama");
    }

    @Test
    void modelOfALinkedDeviceIsNotDownloaded() throws InterruptedException {
        DownloadedModel elsewhere = new DownloadedModel(MODEL, ModelType.LLM, "path", 1, "laptop", null, null, null);

        assertThat(failed(new Reading.Known<>(List.of(elsewhere), NOW)).explanation())
                .contains("no model with exactly this key");
    }

    @Test
    void fullDiskTellsHowMuchIsNeeded() throws InterruptedException {
        failure = new DomainFailure(DomainFailure.Kind.DISK_FULL, "No space left");

        LmStudioFailure why = failed(onDisk());

        assertThat(why.explanation())
                .isEqualTo("No space left. The download needs 2000 bytes, of which 1000 had arrived");
        assertThat(why).extracting("kind").isEqualTo(DomainFailure.Kind.DISK_FULL);
    }

    @Test
    void otherFailuresAreToldAsTheyAre() throws InterruptedException {
        failure = new DomainFailure(DomainFailure.Kind.DOWNLOAD_BROKE_OFF, "Timed-out");

        assertThat(failed(onDisk())).isSameAs(failure);
    }

    @Test
    void whatCannotBeLookedAtIsUnclearUnlessTheCommandFailed() throws InterruptedException {
        LmStudioFailure unreachable = new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "gone");

        assertThat(outcomeOf(new Reading.Unknown<>(unreachable, NOW)))
                .isEqualTo(new OperationResult.Unclear(DOWNLOAD, NOW, Duration.ZERO));
        failure = unreachable;
        assertThat(outcomeOf(new Reading.Unknown<>(unreachable, NOW)))
                .isEqualTo(new OperationResult.Failed(DOWNLOAD, NOW, Duration.ZERO, unreachable));
    }

    private LmStudioFailure failed(Reading<List<DownloadedModel>> afterwards) throws InterruptedException {
        return outcomeOf(afterwards) instanceof OperationResult.Failed failed
                ? failed.why()
                : new InfrastructureFailure(InfrastructureFailure.Kind.UNKNOWN, "It did not fail");
    }

    private OperationResult outcomeOf(Reading<List<DownloadedModel>> afterwards) throws InterruptedException {
        onDisk = afterwards;
        begin();
        mayEnd.countDown();
        OperationResult outcome = outcome();
        assertThat(triggered()).isEqualTo(ONE);
        return outcome;
    }

    /** The first progress report triggers a reconciliation. */
    private void begin() throws InterruptedException {
        request(ONE);
        assertThat(triggered()).isEqualTo(ONE);
    }

    /** Starts the download, or waits for the slot. */
    private void request(ResourceID owner) {
        if (!operations.begin(owner, DOWNLOAD, () -> {})) {
            operations.await(owner, DOWNLOAD);
        }
    }

    private void end() throws InterruptedException {
        mayEnd.countDown();
        outcome();
        assertThat(triggered()).isEqualTo(ONE);
    }

    private OperationResult outcome() throws InterruptedException {
        return present(outcomes.poll(10, TimeUnit.SECONDS));
    }

    private ResourceID triggered() throws InterruptedException {
        return present(triggered.poll(10, TimeUnit.SECONDS));
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("No result was reported within 10 s");
        }
        return value;
    }

    private static Reading<List<DownloadedModel>> onDisk(String... keys) {
        return new Reading.Known<>(
                Stream.of(keys)
                        .map(key -> new DownloadedModel(key, ModelType.LLM, "path", 1, null, null, null, null))
                        .toList(),
                NOW);
    }

    private CompletableFuture<Observation> look() {
        return CompletableFuture.completedFuture(new Observation(
                new Reading.Known<>(List.of(), NOW),
                onDisk,
                new Reading.Known<>(new ApiModelList(Set.of(), Set.of()), NOW)));
    }

    private OperationQueue.Listener listener() {
        return new OperationQueue.Listener() {
            @Override
            public void ended(ResourceID owner, OperationResult outcome) {
                outcomes.add(outcome);
            }

            @Override
            public void reconcile(ResourceID owner) {
                triggered.add(owner);
            }
        };
    }

    /** Each call reports half of the download at once, and then blocks until the test ends it. */
    private LmStudioCli cli() {
        return (LmStudioCli) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LmStudioCli.class}, (proxy, method, arguments) -> {
                    hear(arguments[1]);
                    mayEnd.await();
                    if (failure != null) {
                        throw failure;
                    }
                    return null;
                });
    }

    @SuppressWarnings("unchecked")
    private static void hear(Object listener) {
        ((Consumer<DownloadProgress>) listener).accept(HALF);
    }
}
