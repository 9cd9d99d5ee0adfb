package dev.lmstudiooperator.agent.operation;

import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.NOW;
import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.ONE;
import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.THREE;
import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.TWO;
import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.onDisk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.observer.StubObservations;
import dev.lmstudiooperator.agent.operation.OperationQueue.Slot;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.StubApi;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that one operation runs at a time, and in which order. */
@Timeout(60)
class OperationQueueTest {

    private static final ResourceID FOUR = new ResourceID("four", "team");

    private final OperationQueueFixture fixture = new OperationQueueFixture("qwen");
    private final OperationQueue operations = fixture.operations;

    @Test
    void intentIsRecordedOnlyForAnOperationThatBeginsAndBeforeIt() throws InterruptedException {
        List<String> noted = new ArrayList<>();

        assertThat(operations.begin(
                        ONE,
                        load("one"),
                        () -> noted.add("one, when %d calls had been".formatted(fixture.calls.size()))))
                .isTrue();
        assertThat(operations.begin(TWO, load("two"), () -> noted.add("two"))).isFalse();
        fixture.end();

        assertThat(noted).containsExactly("one, when 0 calls had been");
    }

    @Test
    void oneOperationAtATime() throws InterruptedException {
        assertThat(begin(ONE, load("one"))).isTrue();
        assertThat(begin(TWO, unload("two"))).isFalse();
        assertThat(begin(ONE, unload("one"))).isFalse();
        assertThat(operations.running(ONE)).contains(load("one"));
        assertThat(operations.running(TWO)).isEmpty();
        assertThat(otherHolder(TWO)).contains(ONE);
        assertThat(otherHolder(ONE)).isEmpty();

        fixture.end();

        assertThat(operations.running(ONE)).isEmpty();
        assertThat(otherHolder(TWO)).isEmpty();
        assertThat(operations.changedAt(ONE, "other")).isEqualTo(NOW);
        assertThat(operations.changedAt(TWO, "one")).isEqualTo(NOW);
        assertThat(operations.changedAt(TWO, "two")).isEqualTo(Instant.EPOCH);
    }

    @Test
    void unloadsComeBeforeLoadsThenTheFirstToRequest() throws InterruptedException {
        begin(ONE, load("one"));
        operations.await(TWO, load("two"));
        operations.await(THREE, unload("three"));
        operations.await(FOUR, load("four"));
        operations.await(TWO, load("two"));

        fixture.end();

        assertThat(fixture.nextTriggered()).isEqualTo(THREE);
        operations.withdraw(THREE, Slot.MEMORY);
        assertThat(fixture.nextTriggered()).isEqualTo(TWO);
        operations.withdraw(TWO, Slot.MEMORY);
        assertThat(fixture.nextTriggered()).isEqualTo(FOUR);
    }

    @Test
    void slotIsReservedForTheNextInTheQueue() throws InterruptedException {
        begin(ONE, load("one"));
        operations.await(TWO, unload("two"));
        fixture.end();
        fixture.nextTriggered();

        assertThat(begin(THREE, unload("three"))).isFalse();
        assertThat(otherHolder(THREE)).contains(TWO);
        assertThat(begin(TWO, unload("two"))).isTrue();
    }

    @Test
    void requestForAFreeSlotGetsTheSlot() throws InterruptedException {
        operations.await(ONE, load("one"));

        assertThat(fixture.nextTriggered()).isEqualTo(ONE);
        assertThat(otherHolder(TWO)).contains(ONE);
    }

    @Test
    void withdrawnManagedModelIsNotTriggered() throws InterruptedException {
        begin(ONE, load("one"));
        operations.await(TWO, load("two"));
        operations.await(THREE, load("three"));
        operations.withdraw(TWO, Slot.MEMORY);

        fixture.end();

        assertThat(fixture.nextTriggered()).isEqualTo(THREE);
        assertThat(fixture.triggered).isEmpty();
    }

    @Test
    void onlyTheOwnerCancels() throws InterruptedException {
        begin(ONE, load("one"));

        operations.cancel(TWO, Slot.MEMORY);
        assertThat(operations.running(ONE)).isPresent();
        operations.cancel(ONE, Slot.MEMORY);

        assertThat(fixture.nextResult()).isInstanceOf(OperationResult.Cancelled.class);
        assertThat(fixture.nextTriggered()).isEqualTo(ONE);
        assertThat(operations.running(ONE)).isEmpty();
    }

    /** Otherwise a plan made in between would begin the same operation again. */
    @Test
    void resultIsRecordedBeforeTheSlotIsFree() throws InterruptedException {
        begin(ONE, load("one"));
        fixture.release();

        assertThat(fixture.nextTriggered()).isEqualTo(ONE);

        assertThat(fixture.results).hasSize(1);
        assertThat(fixture.isRunningWhenReported).isTrue();
        assertThat(operations.running(ONE)).isEmpty();
    }

    @Test
    void nextOperationBeginsWhenTheApiConfirmsTheResult() throws InterruptedException {
        CompletableFuture<Observation> afterwards = new CompletableFuture<>();
        OperationQueue operations = new OperationQueue(
                fixture.cli(),
                StubApi.listing(() -> new ApiModelList(Set.of(), Set.of())),
                new StubObservations(() -> fixture.observe().join(), since -> afterwards, fixture::observe),
                () -> NOW,
                fixture.listener());
        fixture.release();
        operations.begin(ONE, unload("one"), () -> {});
        operations.await(TWO, unload("two"));

        assertThat(fixture.nextTriggered()).isEqualTo(TWO);

        assertThat(operations.begin(TWO, unload("two"), () -> {})).isTrue();
        assertThat(operations.running(ONE)).contains(unload("one"));
        assertThat(operations.begin(ONE, load("one"), () -> {})).isFalse();
        assertThat(operations.changedAt(THREE, "one")).isEqualTo(NOW);
        assertThat(fixture.results).isEmpty();
        afterwards.complete(fixture.observe().join());
        assertThat(List.of(fixture.nextResult(), fixture.nextResult()))
                .allMatch(result -> result instanceof OperationResult.Unloaded);
        assertThat(List.of(fixture.nextTriggered(), fixture.nextTriggered())).containsExactlyInAnyOrder(ONE, TWO);
        assertThat(operations.running(ONE)).isEmpty();
        assertThat(operations.isRunning()).isFalse();
    }

    /** {@code lms load} would load a similar model. */
    @Test
    void modelThatIsNoLongerOnDiskIsNotLoaded() throws InterruptedException {
        fixture.onDisk = onDisk("qwen-2");

        begin(ONE, load("one"));

        assertThat(fixture.nextResult()).isInstanceOf(OperationResult.Cancelled.class);
        assertThat(fixture.calls).isEmpty();
    }

    @Test
    void nothingIsLoadedWhileTheDiskIsUnknown() throws InterruptedException {
        fixture.onDisk =
                new Reading.Unknown<>(new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "no"), NOW);

        begin(ONE, load("one"));

        assertThat(fixture.nextResult()).isInstanceOf(OperationResult.Cancelled.class);
        assertThat(fixture.calls).isEmpty();
    }

    @Test
    void resultFollowsFromAnObservation() throws InterruptedException {
        begin(ONE, load("one"));
        fixture.release();
        assertThat(fixture.nextResult()).isInstanceOf(OperationResult.Failed.class);
        assertThat(fixture.nextTriggered()).isEqualTo(ONE);

        begin(TWO, unload("two"));
        assertThat(fixture.nextResult()).isInstanceOf(OperationResult.Unloaded.class);
    }

    @Test
    void lateCancelDoesNotPreventTheObservation() throws InterruptedException {
        CountDownLatch looking = new CountDownLatch(1);
        CompletableFuture<Observation> afterwards = new CompletableFuture<>();
        OperationQueue operations = new OperationQueue(
                fixture.cli(),
                StubApi.unreachable(),
                new StubObservations(
                        () -> fixture.observe().join(),
                        since -> {
                            looking.countDown();
                            return afterwards;
                        },
                        fixture::observe),
                () -> NOW,
                fixture.listener());
        fixture.release();

        operations.begin(ONE, unload("one"), () -> {});
        looking.await();
        operations.cancel(ONE, Slot.MEMORY);
        afterwards.complete(fixture.observe().join());

        assertThat(fixture.nextResult()).isInstanceOf(OperationResult.Unloaded.class);
    }

    private boolean begin(ResourceID owner, ModelOperation operation) {
        return operations.begin(owner, operation, () -> {});
    }

    private Optional<ResourceID> otherHolder(ResourceID owner) {
        return operations.otherHolder(owner, Slot.MEMORY);
    }

    private static ModelOperation.Load load(String identifier) {
        return new ModelOperation.Load(
                new LoadRequest("qwen", identifier, Duration.ofMinutes(10), null, null, null, null), "revision");
    }

    private static ModelOperation.Unload unload(String identifier) {
        return new ModelOperation.Unload(identifier);
    }
}
