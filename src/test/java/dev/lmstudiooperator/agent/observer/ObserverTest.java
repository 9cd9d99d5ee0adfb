package dev.lmstudiooperator.agent.observer;

import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lmstudiooperator.clock.Clocks;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests when LM Studio is observed, what each observation costs, and what is known afterwards. */
@Timeout(60)
class ObserverTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofSeconds(2);
    private static final Observer.Intervals SETTINGS =
            new Observer.Intervals(GLANCE, Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofMinutes(10));
    private static final Instance CHAT = anInstance("chat", "qwen").build();
    private static final ApiModelList CHAT_SERVED =
            new ApiModelList(Set.of(new ServedInstance("qwen", "chat", 4096, null)), Set.of("qwen"));

    private final ControlledTime time = new ControlledTime(NOW);
    private final CountedLmStudio lmStudio = new CountedLmStudio();
    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final Observer observer = new Observer(
            lmStudio.cli(),
            lmStudio,
            Clocks.of(time),
            SETTINGS,
            new Observer.Listener() {
                @Override
                public void changed(Change change) {
                    changes.add(change);
                }

                @Override
                public boolean isOperationRunning() {
                    return isOperationRunning;
                }
            },
            time);
    private volatile boolean isOperationRunning;

    @AfterEach
    void close() {
        observer.close();
    }

    @Test
    void nothingIsKnownBeforeTheFirstObservation() {
        assertThat(failure(observer.current().loaded()).kind()).isEqualTo(Kind.NOT_OBSERVED_YET);
        assertThat(failure(observer.current().downloaded()).kind()).isEqualTo(Kind.NOT_OBSERVED_YET);
        assertThat(failure(observer.current().served()).kind()).isEqualTo(Kind.NOT_OBSERVED_YET);
    }

    @Test
    void firstRoundAsksEachQuestionOnce() {
        start();

        assertCalls(1, 1, 1);
        assertThat(observer.current().loaded()).isEqualTo(new Reading.Known<>(List.of(), NOW));
        assertThat(changes).containsExactly(new Change.Everything());
    }

    @Test
    void pollRunsEveryPeriodAndStartsNoProcessWithoutADifference() {
        start();

        time.passInSteps(GLANCE, 29);

        assertCalls(30, 1, 1);
        assertThat(changes).hasSize(1);
    }

    /** The bound holds for any reason to request an observation. */
    @Test
    void readsPerMinuteAreBoundedForAnyNumberOfRequests() {
        start();
        int counted = 0;
        List<CompletableFuture<Observation>> looks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            looks.add(observer.resync());
            time.passInSteps(Duration.ofMillis(200), 1);
            for (; counted < lmStudio.ps(); counted++) {
                observer.ran(Operation.LIST_LOADED);
            }
        }

        assertThat(lmStudio.ps()).isBetween(50, 62);
        assertThat(looks).filteredOn(CompletableFuture::isDone).hasSizeGreaterThan(200);
    }

    @Test
    void nothingIsAskedWithinAPeriod() {
        start();

        time.passInSteps(GLANCE.minusMillis(1), 1);

        assertCalls(1, 1, 1);
    }

    @Test
    void resyncRunsOncePerMinute() {
        start();

        time.passInSteps(GLANCE, 30);
        assertCalls(31, 2, 1);

        time.passInSteps(GLANCE, 30);
        assertCalls(61, 3, 1);
    }

    @Test
    void pollWithADifferenceCausesOneResync() {
        lmStudio.ls = () -> List.of(onDisk("qwen"));
        lmStudio.list = () -> new ApiModelList(Set.of(), Set.of("qwen"));
        start();
        changes.clear();
        lmStudio.list = () -> CHAT_SERVED;
        lmStudio.ps = () -> List.of(CHAT);

        time.passInSteps(GLANCE, 1);

        assertCalls(2, 2, 1);
        assertThat(observer.current().instance("chat")).contains(CHAT);
        assertThat(changes).containsExactly(new Change.Identifiers(Set.of("chat"), false));
        time.passInSteps(GLANCE, 5);
        assertCalls(7, 2, 1);
        assertThat(changes).hasSize(1);
    }

    @Test
    void runningResyncAnswersRequestsThatNeedNoNewerOne() throws ExecutionException, InterruptedException {
        start();
        time.passInSteps(GLANCE, 1);
        Queue<CompletableFuture<Observation>> later = new ConcurrentLinkedQueue<>();
        lmStudio.ps = () -> {
            later.add(observer.resyncSince(time.instant()));
            return List.of(CHAT);
        };

        Observation seen = observer.resync().get();

        assertThat(later.remove().get()).isSameAs(seen);
        time.awaitRest();
        assertCalls(4, 2, 1);
    }

    @Test
    void completedResyncAnswersRequestsThatNeedNoNewerOneImmediately() throws ExecutionException, InterruptedException {
        start();

        Observation seen = observer.resyncSince(NOW).get();

        assertThat(seen).isSameAs(observer.current());
        assertCalls(1, 1, 1);
    }

    @Test
    void requestsShareAResyncWhileOperationsFollowEachOther() {
        isOperationRunning = true;
        start();
        time.passInSteps(Observer.SHARED, 1);
        assertThat(observer.resyncSince(time.instant())).succeedsWithin(WAIT);
        time.awaitRest();

        time.pass(Duration.ofMillis(1));
        CompletableFuture<Observation> early = observer.resyncSince(time.instant());
        time.passInSteps(Observer.SHARED.dividedBy(4), 3);
        CompletableFuture<Observation> late = observer.resyncSince(time.instant());
        time.awaitRest();
        assertThat(early).isNotDone();
        assertThat(lmStudio.ps()).isEqualTo(2);
        time.passInSteps(Observer.SHARED.dividedBy(4), 1);

        assertThat(early).isCompleted();
        assertThat(late).isCompleted();
        assertThat(lmStudio.ps()).isEqualTo(3);
    }

    /** Each load changes the list of the HTTP API. */
    @Test
    void changesShareAResyncWhileOperationsFollowEachOther() {
        lmStudio.ls = () -> List.of(onDisk("qwen"));
        lmStudio.list = () -> new ApiModelList(Set.of(), Set.of("qwen"));
        isOperationRunning = true;
        start();
        lmStudio.list = () -> CHAT_SERVED;
        lmStudio.ps = () -> List.of(CHAT);
        CompletableFuture<Observation> request =
                observer.resyncSince(time.instant().plusMillis(1));

        time.passInSteps(Observer.SHARED.dividedBy(4), 3);
        assertThat(lmStudio.ps()).isEqualTo(1);
        time.passInSteps(Observer.SHARED.dividedBy(4), 1);

        assertThat(lmStudio.ps()).isEqualTo(2);
        assertThat(request).isCompleted();
        assertThat(observer.current().instance("chat")).contains(CHAT);
    }

    @Test
    void requestThatNeedsANewResyncDoesNotWaitForOperations() {
        isOperationRunning = true;
        start();

        assertThat(observer.resync()).succeedsWithin(WAIT);
        assertThat(lmStudio.ps()).isEqualTo(2);
    }

    @Test
    void sharedResyncDoesNotWaitOnceNoOperationIsRunning() {
        isOperationRunning = true;
        start();
        time.passInSteps(Observer.SHARED.dividedBy(4), 1);
        CompletableFuture<Observation> shared = observer.resyncSince(time.instant());
        time.awaitRest();
        assertThat(shared).isNotDone();

        isOperationRunning = false;

        assertThat(observer.resyncSince(time.instant())).succeedsWithin(WAIT);
        assertThat(shared).isCompleted();
    }

    @Test
    void requestCausesOneImmediateResync() throws ExecutionException, InterruptedException {
        start();
        lmStudio.ps = () -> List.of(CHAT);

        Observation seen = observer.resync().get();

        assertThat(seen.instance("chat")).contains(CHAT);
        assertThat(seen).isSameAs(observer.current());
        assertCalls(2, 2, 1);
    }

    @Test
    void resyncRunsEveryTenSecondsWithoutHttp() {
        lmStudio.list = failing(new InfrastructureFailure(Kind.UNREACHABLE, "refused"));
        start();
        assertCalls(1, 1, 1);

        time.passInSteps(GLANCE, 4);
        assertCalls(5, 1, 1);

        time.passInSteps(GLANCE, 1);
        assertCalls(6, 2, 1);

        time.passInSteps(GLANCE, 25);
        assertCalls(31, 7, 1);
    }

    @Test
    void failedLmsIsQueriedAgainEveryTenSecondsAndNotWithEachPoll() {
        lmStudio.ps = failing(new InfrastructureFailure(Kind.TIMED_OUT, "slow"));
        start();

        time.passInSteps(GLANCE, 30);

        assertCalls(31, 7, 1);
    }

    @Test
    void concurrentRequestsShareOneResyncThatBeginsAfterThem() throws ExecutionException, InterruptedException {
        CountDownLatch isLooking = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        lmStudio.ps = () -> {
            isLooking.countDown();
            mayEnd.await();
            return List.of();
        };
        observer.start();
        isLooking.await();
        time.pass(Duration.ofMillis(300));
        Instant asked = time.instant();
        List<CompletableFuture<Observation>> askers = List.of(observer.resync(), observer.resync(), observer.resync());
        lmStudio.ps = () -> List.of(CHAT);

        mayEnd.countDown();

        for (CompletableFuture<Observation> asker : askers) {
            assertThat(asker.get().loaded()).isEqualTo(new Reading.Known<>(List.of(CHAT), asked));
        }
        time.awaitRest();
        assertCalls(2, 2, 1);
    }

    @Test
    void failedReadIsUnknownWithItsCauseAndNeverEmpty() {
        lmStudio.list = () -> CHAT_SERVED;
        lmStudio.ps = () -> List.of(CHAT);
        start();
        changes.clear();
        lmStudio.ps = failing(new InfrastructureFailure(Kind.UNREADABLE_OUTPUT, "cut off"));
        lmStudio.list = failing(new InfrastructureFailure(Kind.UNREACHABLE, "refused"));

        time.passInSteps(GLANCE, 1);

        assertThat(failure(observer.current().loaded()))
                .extracting(InfrastructureFailure::kind, InfrastructureFailure::explanation)
                .containsExactly(Kind.UNREADABLE_OUTPUT, "cut off");
        assertThat(failure(observer.current().served()).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(observer.current().loaded().at()).isEqualTo(NOW.plus(GLANCE));
        assertThat(changes).containsExactly(new Change.Everything());
    }

    @Test
    void requestsCompleteWithTheFailureOfTheRead() throws ExecutionException, InterruptedException {
        start();
        lmStudio.ps = failing(new InfrastructureFailure(Kind.KILLED, "killed"));

        assertThat(failure(observer.resync().get().loaded()).kind()).isEqualTo(Kind.KILLED);
    }

    @Test
    void raceWithAnEvictionIsTriedAgainAtOnceAndNotForEver() throws ExecutionException, InterruptedException {
        start();
        AtomicInteger races = new AtomicInteger(2);
        lmStudio.ps = () -> {
            if (races.getAndDecrement() > 0) {
                throw new DomainFailure(DomainFailure.Kind.INSTANCE_GONE, "gone");
            }
            return List.of(CHAT);
        };

        assertThat(observer.resync().get().instance("chat")).contains(CHAT);
        assertCalls(2, 4, 1);

        races.set(Integer.MAX_VALUE);
        assertThat(observer.resync().get().loaded()).isInstanceOf(Reading.Unknown.class);
        assertCalls(3, 7, 1);
    }

    @Test
    void downloadsAreListedWhenTheApiListsOtherModelsAndEveryTenMinutes() {
        start();
        lmStudio.ls = () -> List.of(onDisk("qwen"));
        lmStudio.list = () -> new ApiModelList(Set.of(), Set.of("qwen"));

        time.passInSteps(GLANCE, 1);
        assertThat(lmStudio.ls()).isEqualTo(2);
        assertThat(observer.current().downloaded())
                .isEqualTo(new Reading.Known<>(List.of(onDisk("qwen")), NOW.plus(GLANCE)));

        time.passInSteps(GLANCE, 299);
        assertThat(lmStudio.ls()).isEqualTo(2);

        time.passInSteps(GLANCE, 1);
        assertThat(lmStudio.ls()).isEqualTo(3);
    }

    @Test
    void inventoryRefreshListsTheDownloadsToo() throws ExecutionException, InterruptedException {
        start();
        lmStudio.ls = () -> List.of(onDisk("qwen"));

        Observation seen = observer.refreshInventory().get();

        assertThat(seen.downloaded()).isEqualTo(new Reading.Known<>(List.of(onDisk("qwen")), NOW));
        assertCalls(2, 2, 2);
        time.awaitRest();
        observer.resync().get();
        assertCalls(3, 3, 2);
    }

    @Test
    void unknownDownloadsAreReadAgainWithTheNextResync() {
        lmStudio.ls = failing(new InfrastructureFailure(Kind.TIMED_OUT, "slow"));
        start();

        time.passInSteps(GLANCE, 4);
        assertCalls(5, 1, 1);

        time.passInSteps(GLANCE, 1);
        assertCalls(6, 2, 2);
    }

    @Test
    void closeCancelsTheWaitingRequests() throws InterruptedException {
        CountDownLatch isLooking = new CountDownLatch(1);
        lmStudio.ps = () -> {
            isLooking.countDown();
            new CountDownLatch(1).await();
            return List.of();
        };
        CompletableFuture<Observation> early = observer.resync();
        observer.start();
        isLooking.await();
        CompletableFuture<Observation> late = observer.resync();

        observer.close();

        await().until(() -> early.isCancelled() && late.isCancelled());
        assertThat(observer.resync()).isCancelled();
    }

    @Test
    void everyRoundIsReportedWithOrWithoutAChange() {
        Queue<Observation> rounds = new ConcurrentLinkedQueue<>();
        Observer.Listener listener = new Observer.Listener() {
            @Override
            public void changed(Change change) {
                changes.add(change);
            }

            @Override
            public void observed(Observation observation) {
                rounds.add(observation);
            }
        };
        try (Observer reported = new Observer(lmStudio.cli(), lmStudio, Clocks.of(time), SETTINGS, listener, time)) {
            reported.start();

            time.passInSteps(GLANCE, 3);

            assertThat(changes).hasSize(1);
            assertThat(rounds).hasSize(4).last().isEqualTo(reported.current());
        }
    }

    @Test
    void observerOutlivesItsListener() {
        try (Observer unlucky = new Observer(
                lmStudio.cli(),
                lmStudio,
                Clocks.of(time),
                SETTINGS,
                change -> {
                    throw new IllegalStateException("A listener's mistake");
                },
                time)) {
            unlucky.start();

            time.passInSteps(GLANCE, 1);

            assertThat(lmStudio.glances()).isEqualTo(2);
        }
    }

    @Test
    void eachRoundIsASignOfLifeEvenWhenLmStudioDoesNotAnswer() {
        lmStudio.ps = failing(new InfrastructureFailure(Kind.UNREACHABLE, "down"));
        lmStudio.list = failing(new InfrastructureFailure(Kind.UNREACHABLE, "down"));
        start();

        time.passInSteps(GLANCE, 3);

        assertThat(observer.pollEndedAt()).hasValue(NOW.plus(GLANCE.multipliedBy(3)));
    }

    private void start() {
        observer.start();
        time.awaitRest();
    }

    private void assertCalls(int glances, int ps, int ls) {
        assertThat(List.of(lmStudio.glances(), lmStudio.ps(), lmStudio.ls()))
                .as("polls, lms ps, lms ls")
                .containsExactly(glances, ps, ls);
    }

    private static DownloadedModel onDisk(String key) {
        return aDownloadedModel(key).build();
    }

    private static <T> CountedLmStudio.Script<T> failing(LmStudioFailure failure) {
        return () -> {
            throw failure;
        };
    }

    private static InfrastructureFailure failure(Reading<?> reading) {
        assertThat(reading).isInstanceOf(Reading.Unknown.class);
        return (InfrastructureFailure) ((Reading.Unknown<?>) reading).why();
    }
}
