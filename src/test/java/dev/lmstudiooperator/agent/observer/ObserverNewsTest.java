package dev.lmstudiooperator.agent.observer;

import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.clock.Clocks;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests what an observer reports besides its lists: failed reads, running loads, freed memory. */
@Timeout(20)
class ObserverNewsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration GLANCE = Duration.ofSeconds(2);
    private static final Observer.Intervals SETTINGS =
            new Observer.Intervals(GLANCE, Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofMinutes(10));

    private final LmStudioFailure silence = new InfrastructureFailure(Kind.TIMED_OUT, "no answer");
    private final ControlledTime time = new ControlledTime(NOW);
    private final CountedLmStudio lmStudio = new CountedLmStudio();
    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger readDelayed = new AtomicInteger();
    private volatile boolean isAnyLoadInterrupted;
    private final Observer observer =
            new Observer(lmStudio.cli(), lmStudio, Clocks.of(time), SETTINGS, listener(), time);

    @AfterEach
    void close() {
        observer.close();
    }

    @Test
    void listThatTimesOutIsUnknownWhileItIsTriedAgain() throws ExecutionException, InterruptedException {
        start();
        Queue<Reading<?>> meanwhile = new ConcurrentLinkedQueue<>();
        lmStudio.ps = () -> {
            observer.timedOut(Operation.LIST_LOADED, silence);
            meanwhile.add(observer.current().loaded());
            return List.of();
        };

        assertThat(observer.resync().get().loaded()).isInstanceOf(Reading.Known.class);

        time.awaitRest();
        assertThat(meanwhile).singleElement().isEqualTo(new Reading.Unknown<List<Instance>>(silence, NOW));
        assertThat(changes).containsExactly(new Change.Everything(), new Change.Everything());
    }

    @Test
    void modelsOnDiskThatTimeOutAreUnknownWhileTheyAreListedAgain() throws ExecutionException, InterruptedException {
        start();
        Queue<Reading<?>> meanwhile = new ConcurrentLinkedQueue<>();
        lmStudio.ls = () -> {
            observer.timedOut(Operation.LIST_DOWNLOADED, silence);
            meanwhile.add(observer.current().downloaded());
            meanwhile.add(observer.current().loaded());
            return List.of();
        };

        observer.refreshInventory().get();

        assertThat(meanwhile).element(0).isEqualTo(new Reading.Unknown<List<Instance>>(silence, NOW));
        assertThat(meanwhile).element(1).isInstanceOf(Reading.Known.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVER_STATUS", "VERSION"})
    void timeoutOfAnotherReadDoesNotAffectTheLists(Operation operation)
            throws ExecutionException, InterruptedException {
        start();
        lmStudio.ps = () -> {
            observer.timedOut(operation, silence);
            return List.of();
        };

        observer.resync().get();

        assertThat(changes).isEmpty();
    }

    @Test
    void timeoutOfAnotherReadIsNotAttributedToTheObserver() {
        start();

        observer.timedOut(Operation.LIST_LOADED, silence);

        assertThat(observer.current().loaded()).isInstanceOf(Reading.Known.class);
        assertThat(changes).isEmpty();
    }

    @Test
    void memoryIsFreedWhenAnInstanceGoes() {
        lmStudio.ps = () -> List.of(instance("chat", null), instance("other", null));
        start();
        assertThat(observer.memoryFreedAt()).isEqualTo(NOW);
        lmStudio.ps = () -> List.of(instance("chat", null));

        time.passInSteps(GLANCE, 31);

        assertThat(observer.memoryFreedAt()).isEqualTo(NOW.plusSeconds(60));
        assertThat(changes).containsExactly(new Change.Identifiers(Set.of("other"), true));
    }

    @Test
    void runningLoadsAreReadWithEachResync() {
        lmStudio.loading = () -> Set.of("qwen");
        start();
        assertThat(observer.current().loading()).isEqualTo(new Reading.Known<>(Set.of("qwen"), NOW));
        lmStudio.loading = Set::of;

        time.passInSteps(GLANCE, 29);
        assertThat(observer.current().loading()).isEqualTo(new Reading.Known<>(Set.of("qwen"), NOW));

        time.passInSteps(GLANCE, 1);
        assertThat(observer.current().loading()).isEqualTo(new Reading.Known<>(Set.of(), NOW.plusSeconds(60)));
    }

    @Test
    void loadsAreAskedForInEachRoundWhileOneMayGoOn() {
        start();
        isAnyLoadInterrupted = true;
        lmStudio.loading = () -> Set.of("qwen");

        time.passInSteps(GLANCE, 1);

        assertThat(observer.current().loading()).isEqualTo(new Reading.Known<>(Set.of("qwen"), NOW.plus(GLANCE)));
    }

    @Test
    void loadsAreUnknownWhenTheApiDoesNotAnswer() {
        lmStudio.list = () -> {
            throw silence;
        };
        lmStudio.loading = () -> {
            throw new AssertionError("Unexpected request while the API is down");
        };

        start();

        assertThat(observer.current().loading()).isEqualTo(new Reading.Unknown<Set<String>>(silence, NOW));
    }

    @Test
    void delayedReadIsReportedAndMadeLater() throws ExecutionException, InterruptedException {
        start();
        for (int i = 0; i < 31; i++) {
            observer.ran(Operation.LIST_DOWNLOADED);
        }
        assertThat(readDelayed).hasValue(0);

        var look = observer.refreshInventory();
        time.awaitRest();
        assertThat(look).isNotDone();
        assertThat(readDelayed.get()).isPositive();
        assertThat(lmStudio.ls()).isEqualTo(1);
        time.passInSteps(Duration.ofSeconds(1), 4);

        assertThat(look.get().downloaded().at()).isAfter(NOW);
        assertThat(lmStudio.ls()).isEqualTo(2);
    }

    @Test
    void changeDuringADelayIsReadLater() {
        lmStudio.list = () -> new ApiModelList(Set.of(), Set.of());
        start();
        for (int i = 0; i < 31; i++) {
            observer.ran(Operation.LIST_DOWNLOADED);
        }
        lmStudio.list = () -> new ApiModelList(Set.of(new ServedInstance("qwen", "chat", 4096, null)), Set.of("qwen"));
        lmStudio.ps = () -> List.of(instance("chat", null));
        lmStudio.ls = () -> List.of(aDownloadedModel("qwen").build());

        time.passInSteps(GLANCE, 1);
        assertThat(lmStudio.ps()).isEqualTo(1);
        assertThat(readDelayed.get()).isPositive();
        time.passInSteps(GLANCE, 2);

        assertThat(observer.current().instance("chat")).isPresent();
        assertThat(observer.current().localKeys()).containsExactly("qwen");
    }

    @ParameterizedTest
    @EnumSource(names = {"LOAD", "UNLOAD"})
    void operationTriggersTheReadsThatItNeeds(Operation change) throws ExecutionException, InterruptedException {
        start();
        for (int i = 0; i < 31; i++) {
            observer.ran(Operation.VERSION);
        }

        observer.ran(change);
        observer.resync().get();

        assertThat(readDelayed).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(names = {"START_SERVER", "DOWNLOAD"})
    void otherOperationsTriggerNoReads(Operation operation) {
        start();
        for (int i = 0; i < 31; i++) {
            observer.ran(Operation.SERVER_STATUS);
        }

        observer.ran(operation);
        assertThat(observer.resync()).isNotDone();
        time.awaitRest();

        assertThat(readDelayed.get()).isPositive();
    }

    /** LM Studio's clock may be ahead. Then only the existence of the request is known. */
    @Test
    void requestOfTheFutureWasAtAnUnknownTime() {
        lmStudio.ps = () -> List.of(instance("early", NOW.minusSeconds(5)), instance("late", NOW.plusSeconds(3600)));

        start();

        assertThat(observer.current().instance("early").orElseThrow().lastUsedAt())
                .isEqualTo(NOW.minusSeconds(5));
        assertThat(observer.current().instance("late").orElseThrow().lastUsedAt())
                .isEqualTo(Instant.EPOCH);
    }

    private void start() {
        observer.start();
        time.awaitRest();
        assertThat(changes).containsExactly(new Change.Everything());
        changes.clear();
    }

    private static Instance instance(String identifier, @Nullable Instant usedAt) {
        return anInstance(identifier, "qwen").usedAt(usedAt).build();
    }

    private Observer.Listener listener() {
        return new Observer.Listener() {
            @Override
            public void changed(Change change) {
                changes.add(change);
            }

            @Override
            public boolean isAnyLoadInterrupted() {
                return isAnyLoadInterrupted;
            }

            @Override
            public void readDelayed() {
                readDelayed.incrementAndGet();
            }
        };
    }
}
