package dev.lmstudiooperator.agent.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.operation.OperationQueue.Slot;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that one operation runs at a time, and in which order. */
@Timeout(60)
class OperationQueueTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final ResourceID ONE = new ResourceID("one", "team");
    private static final ResourceID TWO = new ResourceID("two", "team");
    private static final ResourceID THREE = new ResourceID("three", "team");
    private static final ResourceID FOUR = new ResourceID("four", "team");

    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final BlockingQueue<OperationResult> outcomes = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final BlockingQueue<ResourceID> triggered = new LinkedBlockingQueue<>();
    private final OperationQueue operations =
            new OperationQueue(cli(), () -> look(), () -> look(), () -> NOW, listener());

    private volatile boolean runningWhenTold;
    private volatile Reading<List<DownloadedModel>> onDisk = new Reading.Known<>(
            List.of(new DownloadedModel("qwen", ModelType.LLM, "path", 1, null, null, null, null)), NOW);

    @Test
    void onlyWhatBeginsIsNotedAndBeforeItDoes() throws InterruptedException {
        List<String> noted = new ArrayList<>();

        assertThat(operations.begin(
                        ONE, load("one"), () -> noted.add("one, when %d calls had been".formatted(calls.size()))))
                .isTrue();
        assertThat(operations.begin(TWO, load("two"), () -> noted.add("two"))).isFalse();
        end();

        assertThat(noted).containsExactly("one, when 0 calls had been");
    }

    @Test
    void oneMutationAtATime() throws InterruptedException {
        assertThat(begin(ONE, load("one"))).isTrue();
        assertThat(begin(TWO, unload("two"))).isFalse();
        assertThat(begin(ONE, unload("one"))).isFalse();
        assertThat(operations.running(ONE)).contains(load("one"));
        assertThat(operations.running(TWO)).isEmpty();
        assertThat(otherHolder(TWO)).contains(ONE);
        assertThat(otherHolder(ONE)).isEmpty();

        end();

        assertThat(operations.running(ONE)).isEmpty();
        assertThat(otherHolder(TWO)).isEmpty();
        assertThat(operations.changedAt()).isEqualTo(NOW);
    }

    @Test
    void unloadsComeBeforeLoadsAndElseTheFirstWins() throws InterruptedException {
        begin(ONE, load("one"));
        operations.await(TWO, load("two"));
        operations.await(THREE, unload("three"));
        operations.await(FOUR, load("four"));
        operations.await(TWO, load("two"));

        end();

        assertThat(triggered()).isEqualTo(THREE);
        operations.withdraw(THREE, Slot.MEMORY);
        assertThat(triggered()).isEqualTo(TWO);
        operations.withdraw(TWO, Slot.MEMORY);
        assertThat(triggered()).isEqualTo(FOUR);
    }

    @Test
    void turnIsKeptForWhomItIs() throws InterruptedException {
        begin(ONE, load("one"));
        operations.await(TWO, unload("two"));
        end();
        triggered();

        assertThat(begin(THREE, unload("three"))).isFalse();
        assertThat(otherHolder(THREE)).contains(TWO);
        assertThat(begin(TWO, unload("two"))).isTrue();
    }

    @Test
    void whoAsksWhileTheLaneIsFreeGetsTheTurn() throws InterruptedException {
        operations.await(ONE, load("one"));

        assertThat(triggered()).isEqualTo(ONE);
        assertThat(otherHolder(TWO)).contains(ONE);
    }

    @Test
    void whoWithdrawsIsNotCalled() throws InterruptedException {
        begin(ONE, load("one"));
        operations.await(TWO, load("two"));
        operations.await(THREE, load("three"));
        operations.withdraw(TWO, Slot.MEMORY);

        end();

        assertThat(triggered()).isEqualTo(THREE);
        assertThat(triggered).isEmpty();
    }

    @Test
    void onlyTheOwnerCancels() throws InterruptedException {
        begin(ONE, load("one"));

        operations.cancel(TWO, Slot.MEMORY);
        assertThat(operations.running(ONE)).isPresent();
        operations.cancel(ONE, Slot.MEMORY);

        assertThat(outcome()).isInstanceOf(OperationResult.Cancelled.class);
        assertThat(triggered()).isEqualTo(ONE);
        assertThat(operations.running(ONE)).isEmpty();
    }

    /** Otherwise a plan made in between would begin the same operation again. */
    @Test
    void outcomeIsKnownBeforeTheLaneIsFree() throws InterruptedException {
        begin(ONE, load("one"));
        mayEnd.countDown();

        assertThat(triggered()).isEqualTo(ONE);

        assertThat(outcomes).hasSize(1);
        assertThat(runningWhenTold).isTrue();
        assertThat(operations.running(ONE)).isEmpty();
    }

    /** {@code lms load} would load a similar model. */
    @Test
    void modelThatIsNoLongerOnDiskIsNotLoaded() throws InterruptedException {
        onDisk = new Reading.Known<>(
                List.of(new DownloadedModel("qwen-2", ModelType.LLM, "path", 1, null, null, null, null)), NOW);

        begin(ONE, load("one"));

        assertThat(outcome()).isInstanceOf(OperationResult.Cancelled.class);
        assertThat(calls).isEmpty();
    }

    @Test
    void nothingIsLoadedWhileTheDiskIsUnknown() throws InterruptedException {
        onDisk = new Reading.Unknown<>(new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "no"), NOW);

        begin(ONE, load("one"));

        assertThat(outcome()).isInstanceOf(OperationResult.Cancelled.class);
        assertThat(calls).isEmpty();
    }

    @Test
    void outcomeIsJudgedByLooking() throws InterruptedException {
        begin(ONE, load("one"));
        mayEnd.countDown();
        assertThat(outcome()).isInstanceOf(OperationResult.Failed.class);
        assertThat(triggered()).isEqualTo(ONE);

        begin(TWO, unload("two"));
        assertThat(outcome()).isInstanceOf(OperationResult.Unloaded.class);
    }

    @Test
    void cancelThatComesTooLateKeepsNobodyFromLooking() throws InterruptedException {
        CountDownLatch looking = new CountDownLatch(1);
        CompletableFuture<Observation> afterwards = new CompletableFuture<>();
        OperationQueue operations = new OperationQueue(
                cli(),
                () -> {
                    looking.countDown();
                    return afterwards;
                },
                this::look,
                () -> NOW,
                listener());
        mayEnd.countDown();

        operations.begin(ONE, unload("one"), () -> {});
        looking.await();
        operations.cancel(ONE, Slot.MEMORY);
        afterwards.complete(look().join());

        assertThat(outcome()).isInstanceOf(OperationResult.Unloaded.class);
    }

    private void end() throws InterruptedException {
        mayEnd.countDown();
        outcome();
        assertThat(triggered()).isEqualTo(ONE);
    }

    private OperationResult outcome() throws InterruptedException {
        return present(outcomes.poll(10, TimeUnit.SECONDS));
    }

    private boolean begin(ResourceID owner, ModelOperation operation) {
        return operations.begin(owner, operation, () -> {});
    }

    private Optional<ResourceID> otherHolder(ResourceID owner) {
        return operations.otherHolder(owner, Slot.MEMORY);
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

    private static ModelOperation.Load load(String identifier) {
        return new ModelOperation.Load(
                new LoadRequest("qwen", identifier, Duration.ofMinutes(10), null, null, null, null), "revision");
    }

    private static ModelOperation.Unload unload(String identifier) {
        return new ModelOperation.Unload(identifier);
    }

    /** No instance is loaded. */
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
                runningWhenTold = operations.running(owner).isPresent();
                outcomes.add(outcome);
            }

            @Override
            public void reconcile(ResourceID owner) {
                triggered.add(owner);
            }
        };
    }

    /** Every call blocks until the test ends it. */
    private LmStudioCli cli() {
        return (LmStudioCli) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LmStudioCli.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    mayEnd.await();
                    return null;
                });
    }
}
