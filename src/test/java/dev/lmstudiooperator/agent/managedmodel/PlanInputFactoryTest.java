package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.lease.LeaseStatus;
import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.observer.StubObservations;
import dev.lmstudiooperator.agent.operation.OperationQueue;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.rules.Planner;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.LastError;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.Clocks;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.ObservationBuilder;
import dev.lmstudiooperator.lmstudio.StubApi;
import dev.lmstudiooperator.lmstudio.StubCli;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the planner input that follows from a status and the memory of this process. */
class PlanInputFactoryTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration LONGEST_LOAD = Duration.ofMinutes(10);
    private static final ResourceID OWNER = new ResourceID("chat", "team");

    private final ModelStateStore states = new ModelStateStore();
    private final ListedModels models = new ListedModels();
    private final PlanInputFactory inputFactory = new PlanInputFactory(
            states,
            operations(),
            models,
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5)),
            LONGEST_LOAD,
            Duration.ofSeconds(30),
            Clocks.of(() -> NOW));

    @Test
    void newObjectHasNoHistory() {
        History history = gather(model(1, ManagedModelStatus.UNOBSERVED)).history();

        assertThat(history.observedGeneration()).isEqualTo(-1);
        assertThat(history.begunRevision()).isNull();
        assertThat(history.failure()).isNull();
    }

    @Test
    void acknowledgedGenerationIsReadFromTheStatus() {
        History history = gather(model(5, status(4, "revision", null))).history();

        assertThat(history.observedGeneration()).isEqualTo(4);
    }

    @Test
    void verificationByAnEarlierProcessIsReadFromTheStatusUntilANewerResult() {
        ManagedModel proven = model(1, verified());

        assertThat(gather(proven).history().reportedVerification()).isEqualTo("chat is served");
        assertThat(gather(model(1, status(1, revision(), null))).history().reportedVerification())
                .isNull();

        endLoad(new OperationResult.Cancelled(load(), NOW, Duration.ZERO, true));
        assertThat(gather(proven).history().reportedVerification()).isNull();
    }

    @Test
    void verificationFromBeforeALeaseGapIsIgnored() {
        PlanInput input = inputFactory
                .gather(
                        model(1, verified()),
                        seeing(observation()),
                        new LeaseStatus(null, true, false, NOW.minusSeconds(5)))
                .input();

        assertThat(input.history().reportedVerification()).isNull();
    }

    @Test
    void failureOfAnotherLoadIsForgottenWithTheSpecThatAskedForIt() {
        assertThat(gather(model(2, status(1, "revision-0", loadFailed())))
                        .history()
                        .failure())
                .isNull();
        assertThat(gather(model(1, status(1, "revision-0", loadFailed())))
                        .history()
                        .failure())
                .isNotNull();
    }

    @Test
    void failureOfTheVeryLoadThatIsAskedForOutlivesAnUnrelatedEdit() {
        ManagedModel model = model(2, status(1, revision(), loadFailed()));

        assertThat(gather(model).history().failure()).isNotNull();
    }

    @Test
    void temporaryModelWhoseLoadFailedIsNotExpiredAfterAnUnrelatedEdit() {
        ManagedModel model = model(2, status(1, revision(), loadFailed()));

        assertThat(pass(pass(model)).getStatus().conditions())
                .noneMatch(c -> c.getReason().equals("Expired"));
    }

    @Test
    void temporaryModelWhoseLoadFailedIsNotExpiredAfterASuspension() {
        ManagedModel suspended = model(2, status(1, revision(), loadFailed()), "suspend: true");

        ManagedModelStatus reported = pass(pass(suspended)).getStatus();

        assertThat(reported.conditions()).anyMatch(c -> c.getReason().equals("Suspended"));
        assertThat(pass(pass(model(3, reported))).getStatus().conditions())
                .noneMatch(c -> c.getReason().equals("Expired"));
    }

    @Test
    void changedSpecIsAcknowledgedOnce() {
        ManagedModel model = model(2, status(1, "revision-0", null));

        ManagedModel acknowledged = pass(model);

        assertThat(acknowledged.getStatus().observedGeneration()).isEqualTo(2);
        assertThat(acknowledged.getStatus().conditions())
                .filteredOn(c -> c.getType().equals("Ready"))
                .allMatch(c -> c.getStatus().equals("Unknown") && c.getReason().equals("Observing"));
        assertThat(pass(acknowledged).getStatus().conditions())
                .noneMatch(c -> c.getReason().equals("Observing"));
    }

    @Test
    void instanceThatAppearsBeforeTheIntendedLoadHasBegunIsAdopted() {
        states.intend(OWNER, revision());

        assertThat(isAdopted(instance())).isTrue();
    }

    @Test
    void instanceOfALoadThatAnEarlierProcessBeganIsOurs() {
        assertThat(isAdopted(instance())).isFalse();
    }

    @Test
    void instanceWithOtherSettingsThanRequestedIsAdopted() {
        Instance other = anInstance("chat", "qwen").build();

        assertThat(isAdopted(other)).isTrue();
    }

    @Test
    void cancelledLoadWasNeverBegun() {
        states.intend(OWNER, revision());
        endLoad(new OperationResult.Cancelled(load(), NOW, Duration.ZERO, true));

        assertThat(gather(model(1, status(1, revision(), null))).history().begunRevision())
                .isNull();
    }

    @Test
    void retryThatWasCancelledLeavesBegunWhatWasBegunBefore() {
        endLoad(new OperationResult.Cancelled(load(), NOW, Duration.ZERO, true));

        assertThat(gather(model(1, status(1, revision(), null))).history().begunRevision())
                .isEqualTo(revision());
    }

    @Test
    void temporaryModelWhoseLoadWasCancelledByASuspensionIsNotExpiredAfterARestart() {
        states.intend(OWNER, revision());
        endLoad(new OperationResult.Cancelled(load(), NOW, Duration.ZERO, true));
        ManagedModelStatus suspended =
                pass(model(2, status(2, revision(), null), "suspend: true")).getStatus();
        states.forget(OWNER);

        assertThat(pass(pass(model(3, suspended))).getStatus().conditions())
                .noneMatch(c -> c.getReason().equals("Expired"));
    }

    @Test
    void loadThatSucceededEndsTheFailureBeforeIt() {
        states.ended(OWNER, new OperationResult.Loaded(load(), NOW, Duration.ZERO, instance()));

        assertThat(gather(model(1, status(1, revision(), loadFailed())))
                        .history()
                        .failure())
                .isNull();
    }

    @Test
    void failureStandsUntilALoadSucceeds() {
        ManagedModel retrying = pass(model(1, status(1, revision(), loadFailed())));

        assertThat(gather(retrying).history().failure()).isNotNull();
    }

    @Test
    void loadThatSucceededVerifiesNothing() {
        states.ended(OWNER, new OperationResult.Loaded(load(), NOW, Duration.ZERO, instance()));
        LastError notVerified =
                new LastError("VerificationFailed", "It is not served", "2026-01-01T11:59:50Z", "2026-01-01T11:59:55Z");

        assertThat(gather(model(1, status(1, revision(), notVerified)))
                        .history()
                        .failure())
                .isNotNull();
    }

    @Test
    void instanceThatExistsAfterARefusedLoadIsAdopted() {
        states.intend(OWNER, revision());
        endLoad(new OperationResult.Failed(load(), NOW, Duration.ZERO, taken()));

        assertThat(isAdopted(instance())).isTrue();
    }

    @Test
    void instanceThatExistedBeforeTheLoadBeganIsAdopted() {
        states.intend(OWNER, revision());
        endLoad(new OperationResult.Cancelled(load(), NOW, Duration.ZERO, true));

        assertThat(isAdopted(instance())).isTrue();
    }

    @Test
    void instanceThatKeepsALoadFromBeginningIsOursIfAnEarlierProcessBeganOne() {
        endLoad(new OperationResult.Cancelled(load(), NOW, Duration.ZERO, true));

        assertThat(isAdopted(instance())).isFalse();
    }

    @Test
    void instanceThatALoadIsRefusedForIsOursIfAnEarlierProcessBeganOne() {
        endLoad(new OperationResult.Failed(load(), NOW, Duration.ZERO, taken()));

        assertThat(isAdopted(instance())).isFalse();
    }

    @Test
    void instanceThatALoadIsRefusedForIsOursIfALoadBeforeItWasGivenUp() {
        states.intend(OWNER, revision());
        endLoad(new OperationResult.Failed(
                load(),
                NOW,
                Duration.ZERO,
                new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "no end within a minute")));
        endLoad(new OperationResult.Failed(load(), NOW, Duration.ZERO, taken()));

        assertThat(isAdopted(instance())).isFalse();
    }

    @Test
    void instanceWhoseLoadCouldNotBeObservedIsOurs() {
        states.intend(OWNER, revision());
        endLoad(new OperationResult.Unclear(load(), NOW, Duration.ZERO));

        assertThat(isAdopted(instance())).isFalse();
    }

    @Test
    void failedOperationIsRemembered() {
        ModelOperation.Unload operation = new ModelOperation.Unload("chat");
        states.ended(
                OWNER,
                new OperationResult.Failed(
                        operation, NOW, Duration.ofSeconds(1), new DomainFailure(DomainFailure.Kind.REFUSED, "No")));

        History history = gather(model(1, status(1, revision(), null))).history();

        assertThat(history.failure())
                .extracting("reason", "message", "at", "retryAt")
                .containsExactly(Reason.UNLOAD_FAILED, "No", NOW, NOW.plusSeconds(5));
    }

    @Test
    void copiesThatAppearWithoutALoadThatWasGivenUpAreOfOthers() {
        ManagedModel model = model(1, status(1, revision(), null));
        states.beginLoad(OWNER, Set.of());
        states.ended(OWNER, new OperationResult.Loaded(load(), NOW, Duration.ZERO, instance()));

        assertThat(gather(model, observation(instance(), instance("chat:2")))
                        .history()
                        .ownCopies())
                .isEmpty();
    }

    @Test
    void copiesThatAppearAfterALoadOfUnknownEndAreOurs() {
        ManagedModel model = model(1, status(1, revision(), null));
        giveUp(OWNER);

        assertThat(gather(model, observation(instance("chat:2"))).history().ownCopies())
                .isEmpty();
        assertThat(gather(model, observation(instance("chat:2"), instance("chat:3")))
                        .history()
                        .ownCopies())
                .containsExactly("chat:3");
    }

    @Test
    void whatAnotherManagedModelNamesIsNoCopyOfOurs() {
        ManagedModel model = model(1, status(1, revision(), null));
        ManagedModel neighbour = model(1, ManagedModelStatus.UNOBSERVED, "identifier: 'chat:2'");
        neighbour.getMetadata().setUid("uid-2");
        giveUp(OWNER);
        PlanInput first = gather(model);

        models.set(model, neighbour);
        PlanInput input = inputFactory
                .gather(model, seeing(observation(instance("chat:2"))), LeaseStatus.HELD)
                .input();

        assertThat(first.history().ownCopies()).isEmpty();
        assertThat(input.history().ownCopies()).isEmpty();
    }

    @Test
    void secondCopyStaysOursWhenWhoeverLoadedItIsGone() {
        ResourceID gone = new ResourceID("claimant", "team-b");
        ManagedModel model = model(1, status(1, revision(), null));
        giveUp(gone);
        PlanInput first = gather(model);

        states.forget(gone);

        assertThat(first.history().ownCopies()).isEmpty();
        assertThat(gather(model, observation(instance("chat:2"))).history().ownCopies())
                .containsExactly("chat:2");
    }

    /** A load without a known end: LM Studio never reported whether it continues. */
    private void giveUp(ResourceID owner) {
        states.ended(owner, new OperationResult.Unclear(load(), NOW.minus(LONGEST_LOAD), LONGEST_LOAD));
    }

    @Test
    void interruptedLoadOfAnEarlierProcessIsReadFromTheStatus() {
        ManagedModel cutOff = model(1, loading());

        assertThat(gather(cutOff).history().isLoadInterrupted()).isTrue();
    }

    @Test
    void interruptedLoadIsOverWhenLmStudioLoadsNothing() {
        ManagedModel cutOff = model(1, loading());

        assertThat(gather(cutOff, loading(NOW, "another")).history().isLoadInterrupted())
                .isTrue();
        assertThat(gather(cutOff, loading(NOW.plusSeconds(1))).history().isLoadInterrupted())
                .as("the list may not show it yet")
                .isTrue();
        assertThat(gather(cutOff, loading(NOW.plusSeconds(2))).history().isLoadInterrupted())
                .isFalse();
    }

    @Test
    void interruptedLoadOfAnotherManagedModelIsKnown() {
        ManagedModel cutOff = model(1, loading());
        cutOff.getMetadata().setName("other");
        cutOff.getMetadata().setUid("uid-2");
        ManagedModel model = model(1, ManagedModelStatus.UNOBSERVED);

        models.set(model, cutOff);
        PlanInput input = inputFactory
                .gather(model, seeing(observation()), LeaseStatus.HELD)
                .input();

        assertThat(input.nodeContext().interruptedLoadOf()).isEqualTo("team/other");
        assertThat(input.history().isLoadInterrupted()).isFalse();
    }

    @Test
    void instanceThatIsListedDuringAnInterruptedLoadIsNotRecorded() {
        ManagedModel cutOff = model(1, loading());

        assertThat(gather(cutOff, observation(instance())).history().recorded()).isNull();
    }

    @Test
    void interruptedLoadThatBroughtAnotherModelIsOurs() {
        ManagedModel cutOff = model(1, loading());
        PlanInput first = gather(cutOff, loading(NOW.plusSeconds(2)));

        History history = gather(
                        cutOff,
                        observation(anInstance("chat", "another")
                                .ttl(instance().ttl())
                                .build()))
                .history();

        assertThat(first.history().isLoadInterrupted()).isFalse();
        assertThat(Objects.requireNonNull(history.recorded()).isAdopted()).isFalse();
        assertThat(history.loadedRevision()).isNull();
    }

    @Test
    void loadByAnOlderReleaseIsKnownFromTheNumberOfLoads() {
        ManagedModelStatus older = status(1, revision(), null);
        ManagedModelStatus counted = copy(older, "loads", 1);

        assertThat(gather(model(1, older)).history().loadedRevision()).isNull();
        assertThat(gather(model(1, counted)).history().loadedRevision()).isEqualTo(revision());
    }

    @Test
    void unloadOfASecondCopyLeavesTheInstanceRecorded() {
        states.ended(OWNER, new OperationResult.Unloaded(new ModelOperation.Unload("chat:2"), NOW, Duration.ZERO));

        assertThat(gather(model(1, status(1, revision(), null)), observation(instance()))
                        .history()
                        .recorded())
                .isNotNull();
    }

    @Test
    void drainIsKnownToThisProcessUntilAnOperationEnds() {
        ManagedModel model = model(1, status(1, revision(), null));
        states.draining(OWNER, NOW.minusSeconds(9));
        states.draining(OWNER, NOW);

        assertThat(gather(model).history().drainBeganAt()).isEqualTo(NOW.minusSeconds(9));

        states.ended(OWNER, new OperationResult.Unloaded(new ModelOperation.Unload("chat"), NOW, Duration.ZERO));

        assertThat(gather(model).history().drainBeganAt()).isNull();
    }

    @Test
    void convergenceBeginsOnceAndEndsWithItsDuration() {
        String begun = "convergence: {trigger: Created, startedTime: \"2026-01-01T11:59:00Z\"%s}";

        assertThat(gather(model(1, ManagedModels.status(begun.formatted(""))))
                        .history()
                        .convergenceBeganAt())
                .isEqualTo(NOW.minusSeconds(60));
        assertThat(gather(model(1, ManagedModels.status(begun.formatted(", durationMillis: 5"))))
                        .history()
                        .convergenceBeganAt())
                .isNull();
    }

    @Test
    void drainThatIsOverIsForgotten() {
        states.draining(OWNER, NOW);
        states.drained(OWNER);

        assertThat(gather(model(1, status(1, revision(), null))).history().drainBeganAt())
                .isNull();
    }

    private void endLoad(OperationResult outcome) {
        states.beginLoad(OWNER, Set.of());
        states.ended(OWNER, outcome);
    }

    private boolean isAdopted(Instance instance) {
        Observation idle = observed(instance).loadingAt(NOW.plusSeconds(2)).build();
        History.Recorded recorded =
                gather(model(1, status(1, revision(), null)), idle).history().recorded();
        return Objects.requireNonNull(recorded).isAdopted();
    }

    private static DomainFailure taken() {
        return new DomainFailure(DomainFailure.Kind.IDENTIFIER_TAKEN, "taken");
    }

    private PlanInput gather(ManagedModel model) {
        return gather(model, observation());
    }

    private PlanInput gather(ManagedModel model, Observation observation) {
        models.set(model);
        return inputFactory.gather(model, seeing(observation), LeaseStatus.HELD).input();
    }

    private static ObservationSource seeing(Observation observation) {
        return StubObservations.of(() -> observation);
    }

    /** Builds the input, plans, and writes the status. */
    private ManagedModel pass(ManagedModel model) {
        PlanInput input = gather(model);
        Decision decision = new Planner().plan(input);
        ManagedModelStatus reported = StatusFactory.status(
                new ManagedModelSyncer.Result(PlanInputFactory.status(model), input, decision, 1, false, false, false));
        ManagedModel written = Serialization.clone(model);
        written.setStatus(reported);
        return written;
    }

    private static Instance instance() {
        return instance("chat");
    }

    private static Instance instance(String identifier) {
        return anInstance(identifier, "qwen").ttl(Duration.ofMinutes(5)).build();
    }

    private static Observation observation(Instance... loaded) {
        return observed(loaded).build();
    }

    private static Observation loading(Instant at, String... keys) {
        return observed().loadingAt(at, keys).build();
    }

    private static ObservationBuilder observed(Instance... loaded) {
        return anObservation(NOW)
                .loaded(loaded)
                .downloaded(aDownloadedModel("qwen").build());
    }

    private static ManagedModel model(long generation, ManagedModelStatus status, String... spec) {
        return ManagedModels.chat(
                generation,
                status,
                Stream.concat(Stream.of("retention: Temporary"), Stream.of(spec))
                        .toArray(String[]::new));
    }

    private static Desired desired() {
        return Desired.of(model(1, ManagedModelStatus.UNOBSERVED));
    }

    private static ModelOperation.Load load() {
        Desired desired = desired();
        return new ModelOperation.Load(
                new LoadRequest(desired.modelKey(), desired.identifier(), desired.ttl(), null, null, null, null),
                desired.loadRevision());
    }

    private static String revision() {
        return desired().loadRevision();
    }

    private static ManagedModelStatus status(long generation, String revision, @Nullable LastError error) {
        ManagedModelStatus status = copy(ManagedModelStatus.UNOBSERVED, "observedGeneration", generation);
        return copy(copy(status, "loadRevision", revision), "lastError", error);
    }

    private static ManagedModelStatus loading() {
        return ready("{type: Ready, status: 'False', reason: Loading, message: Loading it}");
    }

    private static ManagedModelStatus verified() {
        return ready("{type: Ready, status: 'True', reason: Verified, message: chat is served}");
    }

    private static ManagedModelStatus ready(String condition) {
        return ManagedModels.status("""
                observedGeneration: 1
                loadRevision: "%s"
                conditions: [%s]
                """.formatted(revision(), condition));
    }

    private static LastError loadFailed() {
        return new LastError("LoadFailed", "It went wrong", "2026-01-01T11:59:50Z", "2026-01-01T11:59:55Z");
    }

    /** The queue is only read. These tests do not change LM Studio. */
    private static OperationQueue operations() {
        return new OperationQueue(
                StubCli.unused(),
                StubApi.unreachable(),
                StubObservations.of(() -> anObservation(NOW).build()),
                () -> NOW,
                new OperationQueue.Listener() {
                    @Override
                    public void ended(ResourceID owner, OperationResult outcome) {}

                    @Override
                    public void reconcile(ResourceID owner) {}
                });
    }
}
