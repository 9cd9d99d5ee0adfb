package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lmstudiooperator.agent.lease.LeaseStatus;
import dev.lmstudiooperator.agent.managedmodel.ModelStateStore.ModelState;
import dev.lmstudiooperator.agent.observer.StubObservations;
import dev.lmstudiooperator.agent.operation.OperationQueue;
import dev.lmstudiooperator.agent.operation.OperationQueue.Slot;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.clock.Clocks;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.StubApi;
import dev.lmstudiooperator.lmstudio.StubCli;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what one reconciliation does to LM Studio, to the queue and to the memory of the agent. */
@Timeout(60)
class ManagedModelActionsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final ResourceID OWNER = new ResourceID("chat", "team");
    private static final ResourceID OTHER = new ResourceID("other", "team");
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final LeaseStatus API_SERVER_DOWN = new LeaseStatus(null, false, false, Instant.EPOCH);
    private static final String SERVED = """
            observedGeneration: 1
            loadRevision: %1$s
            loadedRevision: %1$s
            instance: {identifier: chat, modelKey: qwen, sizeBytes: 5, contextLength: 4096, ttlSeconds: 600, adopted: false}
            """;
    private static final Observation NOTHING_LOADED =
            anObservation(NOW).downloaded(aDownloadedModel("qwen").build()).build();
    private static final Observation LOADED_AND_IDLE = anObservation(NOW)
            .downloaded(aDownloadedModel("qwen").build())
            .loaded(anInstance("chat", "qwen")
                    .ttl(TTL)
                    .usedAt(NOW.minus(TTL.dividedBy(2)))
                    .build())
            .served(new Reading.Known<>(
                    new ApiModelList(
                            Set.of(new ApiModelList.ServedInstance("qwen", "chat", null, null)), Set.of("qwen")),
                    NOW))
            .build();

    private final ModelStateStore states = new ModelStateStore();
    private final ListedModels models = new ListedModels();
    private final CountDownLatch commands = new CountDownLatch(1);
    private final ConcurrentLinkedQueue<ResourceID> triggered = new ConcurrentLinkedQueue<>();
    private final List<String> requests = new ArrayList<>();
    private Observation observation = NOTHING_LOADED;
    private LeaseStatus leaseStatus = LeaseStatus.HELD;
    private final OperationQueue operations = new OperationQueue(
            heldCommands(), StubApi.unreachable(), StubObservations.always(() -> observation), () -> NOW, listener());

    @AfterEach
    void endCommands() {
        commands.countDown();
    }

    // Requests to LM Studio

    @Test
    void idleInstanceIsRenewedAndChecked() {
        observation = LOADED_AND_IDLE;

        sync(served());

        assertThat(requests).containsExactly("renew", "check");
    }

    @Test
    void failedWriteStopsNeitherRenewalsNorChecks() {
        observation = LOADED_AND_IDLE;

        assertThatThrownBy(() -> syncer().sync(served(), (model, status) -> {
                    throw new IllegalStateException("conflict");
                }))
                .hasMessage("conflict");

        assertThat(requests).containsExactly("renew", "check");
    }

    @Test
    void unreachableApiServerStopsNeitherRenewalsNorChecks() {
        observation = LOADED_AND_IDLE;
        leaseStatus = API_SERVER_DOWN;

        Decision decision = syncer().sync(served(), (model, status) -> {
            throw new AssertionError("No status can be written");
        });

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(requests).containsExactly("renew", "check");
    }

    @Test
    void nothingIsLoadedWhileTheApiServerIsUnreachable() {
        leaseStatus = API_SERVER_DOWN;

        Decision decision = sync(chat("observedGeneration: 1"));

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(operations.running(OWNER)).isEmpty();
        assertThat(requests).isEmpty();
    }

    @Test
    void missingModelIsListedAgain() {
        observation = anObservation(NOW).build();

        sync(chat("observedGeneration: 1"));

        assertThat(requests).containsExactly("refreshInventory");
    }

    @Test
    void checkIsForgottenWhenItsInstanceIsGone() {
        states.checked(OWNER, PlanInputs.check(VerificationResult.PASSED, Reason.VERIFIED, NOW, 0));
        observation = LOADED_AND_IDLE;
        sync(suspended("observedGeneration: 1"));
        assertThat(state().lastCheck()).isNotNull();

        observation = NOTHING_LOADED;
        sync(suspended("observedGeneration: 1"));

        assertThat(state().lastCheck()).isNull();
    }

    // The status

    @Test
    void specThatChangedDuringTheWriteIsPlannedBeforeAnythingIsDone() {
        List<String> written = new ArrayList<>();

        syncer().sync(intended(), (model, status) -> {
            written.add(Conditions.ready(status).orElseThrow().getReason());
            return withStatus(suspended("{}"), status);
        });

        assertThat(written).containsExactly("Loading", "Suspended");
        assertThat(operations.running(OWNER)).isEmpty();
    }

    @Test
    void loadStartsWhenItsRevisionIsRecorded() {
        observation = anObservation(NOW)
                .downloaded(aDownloadedModel("qwen").build())
                .loaded(anInstance("chat:2", "qwen").build())
                .build();
        List<String> revisions = new ArrayList<>();

        syncer().sync(chat("observedGeneration: 1"), (model, status) -> {
            revisions.add(status.loadRevision() + (operations.running(OWNER).isPresent() ? " late" : ""));
            return withStatus(model, status);
        });

        assertThat(revisions).containsExactly(revision(), revision());
        assertThat(operations.running(OWNER)).containsInstanceOf(ModelOperation.Load.class);
        assertThat(state().fruitlessRevision()).isEqualTo(revision());
        assertThat(state().copiesAtLoad()).containsExactly("chat:2");
    }

    @Test
    void reconciliationsAreCountedOnlyWhileTheStatusDoesNotRecordThem() {
        syncer().sync(suspended("observedGeneration: 1"), (model, status) -> model);

        assertThat(state().unreportedReconciliations()).isZero();
    }

    // The queue

    @Test
    void slotThatAnotherTakesMeanwhileIsAwaited() {
        syncer().sync(intended(), (model, status) -> {
            operations.begin(OTHER, new ModelOperation.Unload("other"), () -> {});
            return withStatus(model, status);
        });
        assertThat(operations.running(OWNER)).isEmpty();

        commands.countDown();

        await().until(() -> triggered.contains(OWNER));
    }

    @Test
    void modelThatNoLongerWantsTheSlotReleasesIt() {
        operations.await(OWNER, new ModelOperation.Unload("chat"));
        assertThat(operations.otherHolder(OTHER, Slot.MEMORY)).contains(OWNER);

        sync(suspended("observedGeneration: 1"));

        assertThat(operations.otherHolder(OTHER, Slot.MEMORY)).isEmpty();
    }

    @Test
    void modelThatNoLongerWantsTheDownloadSlotReleasesIt() {
        operations.await(OWNER, new Download("qwen", null));
        assertThat(operations.otherHolder(OTHER, Slot.DOWNLOAD)).contains(OWNER);

        sync(suspended("observedGeneration: 1"));

        assertThat(operations.otherHolder(OTHER, Slot.DOWNLOAD)).isEmpty();
    }

    @Test
    void downloadOfASuspendedModelIsCancelled() {
        download();

        sync(suspended("observedGeneration: 1"));

        await().until(() -> operations.download(OWNER).isEmpty());
    }

    @Test
    void downloadOfADeletedModelIsCancelled() {
        download();

        assertThat(sync(deleted("deletionPolicy: Retain")).action()).isEqualTo(new Action.RemoveFinalizer());

        await().until(() -> operations.download(OWNER).isEmpty());
    }

    @Test
    void loadOfASuspendedModelIsCancelled() {
        sync(chat("observedGeneration: 1"));
        assertThat(operations.running(OWNER)).isPresent();

        sync(suspended("observedGeneration: 1"));

        await().until(() -> operations.running(OWNER).isEmpty());
    }

    // Memory of the agent

    @Test
    void releasedModelIsForgotten() {
        states.renewed(OWNER, NOW);
        leaveACopy();

        sync(deleted("deletionPolicy: Retain"));

        assertThat(state()).isEqualTo(ModelState.NONE);
        assertThat(states.interruptedLoads().copiesBefore("chat")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-01-01T09:00:00Z", "2026-01-01T11:00:00Z"})
    void copiesAreRememberedForAnotherModelWithTheIdentifier(String created) {
        ManagedModel other = ManagedModels.chat("identifier: chat");
        other.getMetadata().setName("other");
        other.getMetadata().setUid("uid-2");
        other.getMetadata().setCreationTimestamp(created);
        models.set(other);
        leaveACopy();

        sync(deleted("deletionPolicy: Retain"));

        assertThat(states.interruptedLoads().copiesBefore("chat")).isPresent();
    }

    @Test
    void withdrawalBeginsOnceAndEndsWithTheInstance() {
        observation = LOADED_AND_IDLE;
        ManagedModel published = publishedAndDeleted();

        sync(published);
        assertThat(state().withdrawalBeganAt()).isEqualTo(NOW);

        observation = NOTHING_LOADED;
        sync(published);
        assertThat(state().withdrawalBeganAt()).isNull();
    }

    /** No event reports a withdrawal that the controller writes before our own write. */
    @Test
    void withdrawalDuringAWriteOfTheStatusIsNoticed() {
        observation = LOADED_AND_IDLE;
        ManagedModel published = publishedAndDeleted();
        AtomicInteger writes = new AtomicInteger();

        Decision decision = syncer().sync(
                        published,
                        (model, status) -> withStatus(
                                model,
                                status,
                                new ConditionBuilder()
                                        .withType("Published")
                                        .withStatus(writes.incrementAndGet() < 2 ? "True" : "False")
                                        .build()));

        assertThat(writes).hasValueGreaterThan(2);
        assertThat(decision.action()).isNotInstanceOf(Action.AwaitWithdrawal.class);
    }

    @Test
    void drainEndsWhenTheInstanceIsNoLongerUnloaded() {
        observation = LOADED_AND_IDLE;
        states.draining(OWNER, NOW);

        sync(suspended("observedGeneration: 1"));

        assertThat(state().drainBeganAt()).isNull();
    }

    @Test
    void drainGoesOnWhileTheInstanceIsUnknown() {
        observation = anObservation(NOW)
                .loaded(new Reading.Unknown<>(InfrastructureFailure.Kind.UNREACHABLE.failure("no list"), NOW))
                .build();
        states.draining(OWNER, NOW.minusSeconds(5));

        sync(served());

        assertThat(state().drainBeganAt()).isEqualTo(NOW.minusSeconds(5));
    }

    private void download() {
        observation = anObservation(NOW)
                .downloaded(new Reading.Known<>(List.of(), NOW, NOW.minusSeconds(60)))
                .build();
        sync(ManagedModels.chat(1, ManagedModels.status("observedGeneration: 1"), "pullPolicy: IfNotPresent"));
        assertThat(operations.download(OWNER)).isPresent();
    }

    private void leaveACopy() {
        ModelOperation.Load load =
                new ModelOperation.Load(new LoadRequest("qwen", "chat", TTL, null, null, null, null), "revision");
        states.interruptedLoads()
                .ended(
                        OWNER,
                        load,
                        new OperationResult.Failed(
                                load, NOW, Duration.ZERO, DomainFailure.Kind.IDENTIFIER_LOST.failure("lost")),
                        Set.of());
    }

    private ModelState state() {
        return states.of(OWNER);
    }

    private Decision sync(ManagedModel model) {
        return syncer().sync(model, ManagedModelActionsTest::withStatus);
    }

    private ManagedModelSyncer syncer() {
        return new ManagedModelSyncer(
                states,
                operations,
                StubObservations.always(() -> observation),
                models,
                probing(),
                () -> leaseStatus,
                new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                Clocks.of(() -> NOW));
    }

    private static ManagedModel served() {
        return chat(SERVED.formatted(revision()));
    }

    /** Its status records that a load begins. */
    private static ManagedModel intended() {
        return chat("{observedGeneration: 1, loadRevision: %s}".formatted(revision()));
    }

    private static ManagedModel publishedAndDeleted() {
        ManagedModel published = deleted("deletionPolicy: Unload");
        published.setStatus(ManagedModels.status(SERVED.formatted(revision()) + """
                conditions:
                - {type: Published, status: "True", reason: EndpointReady}
                - {type: Available, status: "True", reason: Verified}
                """));
        return published;
    }

    private static ManagedModel chat(String status) {
        return ManagedModels.chat(1, ManagedModels.status(status), "ttlSeconds: 600");
    }

    private static ManagedModel suspended(String status) {
        return ManagedModels.chat(1, ManagedModels.status(status), "ttlSeconds: 600", "suspend: true");
    }

    private static ManagedModel deleted(String spec) {
        ManagedModel model =
                ManagedModels.chat(1, ManagedModels.status("observedGeneration: 1"), "ttlSeconds: 600", spec);
        model.getMetadata().setDeletionTimestamp("2026-01-01T11:59:00Z");
        return model;
    }

    private static String revision() {
        return Desired.of(chat("observedGeneration: 1")).loadRevision();
    }

    /** As the API server applies it: the condition of the controller stays. */
    private static ManagedModel withStatus(ManagedModel model, ManagedModelStatus status) {
        return StatusConditions.find(PlanInputFactory.status(model).conditions(), ConditionType.PUBLISHED)
                .map(published -> withStatus(model, status, published))
                .orElseGet(() -> withStatusOnly(model, status));
    }

    private static ManagedModel withStatus(ManagedModel model, ManagedModelStatus status, Condition published) {
        ManagedModel written = withStatusOnly(model, Serialization.clone(status));
        requireNonNull(written.getStatus().conditions()).add(published);
        return written;
    }

    private static ManagedModel withStatusOnly(ManagedModel model, ManagedModelStatus status) {
        ManagedModel written = Serialization.clone(model);
        written.setStatus(status);
        return written;
    }

    /** Every command runs until it is interrupted, or until the test ends. */
    private LmStudioCli heldCommands() {
        return StubCli.answering((method, arguments) -> {
            commands.await();
            return null;
        });
    }

    private OperationQueue.Listener listener() {
        return new OperationQueue.Listener() {
            @Override
            public void ended(ResourceID owner, OperationResult result) {
                states.ended(owner, result);
            }

            @Override
            public void reconcile(ResourceID owner) {
                triggered.add(owner);
            }
        };
    }

    private ManagedModelSyncer.Probing probing() {
        return new ManagedModelSyncer.Probing() {
            @Override
            public void refresh(ResourceID owner) {
                requests.add("refresh");
            }

            @Override
            public void refreshInventory(ResourceID owner) {
                requests.add("refreshInventory");
            }

            @Override
            public void check(ResourceID owner, PlanInput input) {
                requests.add("check");
            }

            @Override
            public void renew(ResourceID owner, PlanInput input) {
                requests.add("renew");
            }
        };
    }
}
