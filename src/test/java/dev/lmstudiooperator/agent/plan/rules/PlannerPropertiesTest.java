package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.FewerCases;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Tests properties that hold for any planner input.
 *
 * <p>A failure prints its seed: {@code @Property(seed = "…")} on the method replays that run. Running the test again
 * also replays it, because jqwik begins with the failed sample. Removing {@code target} removes that sample.
 */
@AddLifecycleHook(FewerCases.class)
@PropertyDefaults(tries = 3_500)
@Domain(AnyPlanInput.class)
@Domain(net.jqwik.api.domains.DomainContext.Global.class)
class PlannerPropertiesTest {

    @Property
    void everySituationIsDecidedAndAlwaysInTheSameWay(@ForAll PlanInputs s) {
        assertThat(s.decision()).isEqualTo(s.decision());
    }

    @Property
    void onlyWhatIsOnThisMachineIsLoaded(@ForAll PlanInputs s) {
        load(s).ifPresent(load -> assertThat(onDisk(s)).contains(load.request().modelKey()));
    }

    @Property
    void nothingIsLoadedUnderAnIdentifierThatIsInUse(@ForAll PlanInputs s) {
        load(s).ifPresent(load ->
                assertThat(loaded(s)).extracting(Instance::identifier).doesNotContain(load.identifier()));
    }

    @Property
    void everyLoadHasATtlAndTheIdentifier(@ForAll PlanInputs s) {
        load(s).ifPresent(load -> {
            assertThat(load.request().ttl()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(load.identifier()).isEqualTo(NAME);
        });
    }

    @Property
    void intentIsWrittenBeforeAnyLoad(@ForAll PlanInputs s) {
        if (operation(s).orElse(null) instanceof ModelOperation.Load load) {
            assertThat(s.input().history().begunRevision()).isEqualTo(load.loadRevision());
        }
    }

    @Property
    void nothingIsChangedWithoutAFreshObservation(@ForAll PlanInputs s) {
        Observation observation = s.input().observation();
        boolean isKnown = observation.loaded() instanceof Reading.Known;
        boolean isFresh =
                observation.loaded().at().isAfter(s.input().nodeContext().changedAt());

        assertThat(wanted(s).isEmpty() || (isKnown && isFresh)).isTrue();
    }

    @Property
    void handsAreKeptOff(@ForAll PlanInputs s) {
        Desired desired = s.input().desired();
        boolean isSuspended = desired.isSuspended() && !desired.isDeleted();
        boolean isRetained = desired.isDeleted() && desired.deletionPolicy() == DeletionPolicy.RETAIN;
        boolean isRunning = s.input().history().running() != null;
        boolean isSomebodyElses = s.input().nodeContext().olderOwner() != null
                || (desired.isDeleted() && s.input().nodeContext().newerOwner() != null)
                || s.input().observation().isOnLinkedDevice(NAME);

        if (isSuspended || isRetained || isRunning || isSomebodyElses) {
            assertThat(wanted(s)).isEmpty();
        }
    }

    @Property
    void nothingIsChangedWhileAnotherModelHasTheSlot(@ForAll PlanInputs s) {
        boolean isOurTurn = s.input().nodeContext().slotHolder() == null;

        assertThat(operation(s).isEmpty() || isOurTurn).isTrue();
        assertThat(s.decision().action() instanceof Action.Enqueue && isOurTurn).isFalse();
    }

    @Property
    void onlyItsOwnInstanceIsUnloadedAndNoBusyOneTooEarly(@ForAll PlanInputs s) {
        if (operation(s).orElse(null) instanceof ModelOperation.Unload unload) {
            Instance instance = s.input().instance().orElseThrow();
            assertThat(unload.identifier()).isEqualTo(NAME);
            boolean isInUse = instance.isBusy() && !isWrongModelOfOwnLoad(s, instance);
            assertThat(isInUse && s.input().now().isBefore(deadline(s))).isFalse();
        }
    }

    /** No client requested this instance, so the agent does not wait for its clients. */
    private static boolean isWrongModelOfOwnLoad(PlanInputs s, Instance instance) {
        Desired desired = s.input().desired();
        return !desired.isDeleted()
                && !desired.modelKey().equals(instance.modelKey())
                && s.input().isOwnLoad(instance);
    }

    @Property
    void publishedInstanceIsNotUnloadedBeforeItIsWithdrawnAndQuiet(@ForAll PlanInputs s) {
        History.Publication publication = s.input().history().publication();
        if (publication.isSelected() && operation(s).orElse(null) instanceof ModelOperation.Unload) {
            Instance instance = s.input().instance().orElseThrow();
            Instant beganAt = publication.withdrawalBeganAt();
            boolean isTimedOut = beganAt != null && !s.input().now().isBefore(beganAt.plus(publication.timeout()));
            boolean isWithdrawn = !publication.isReportedAvailable() && (!publication.isPublished() || isTimedOut);
            assertThat(isWithdrawn || isWrongModelOfOwnLoad(s, instance)).isTrue();
        }
    }

    @Property
    void drainingInstanceOfAServiceIsNotAvailable(@ForAll PlanInputs s) {
        Decision decision = s.decision();
        if (s.input().history().publication().isSelected()
                && decision.summary().reason() == Reason.DRAINING
                && s.input().history().ownCopies().isEmpty()) {
            assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
        }
    }

    @Property
    void deletedModelIsNeverLoaded(@ForAll PlanInputs s) {
        if (s.input().desired().isDeleted()) {
            assertThat(load(s)).isEmpty();
        } else {
            assertThat(s.decision().action()).isNotInstanceOf(Action.RemoveFinalizer.class);
        }
    }

    @Property
    void strangersChangeNothing(@ForAll PlanInputs s, @ForAll("strangers") List<Instance> strangers) {
        PlanInputs without = only(s);

        assertThat(s.decision()).isEqualTo(without.decision());
        if (s.input().observation().loaded() instanceof Reading.Known) {
            assertThat(s.besides(strangers.toArray(Instance[]::new)).decision()).isEqualTo(s.decision());
        }
    }

    @Provide
    Arbitrary<List<Instance>> strangers() {
        return AnyPlanInput.foreign().list().ofMinSize(1).ofMaxSize(3);
    }

    @Property
    void readyImpliesVerified(@ForAll PlanInputs s) {
        ConditionSummary summary = s.decision().summary();
        if (summary.ready() == ConditionStatus.TRUE) {
            VerificationOutcome check = s.input().history().lastCheck();
            boolean isVerified = summary.reason() == Reason.VERIFIED
                    && summary.available() == ConditionStatus.TRUE
                    && check != null
                    && check.hasPassed()
                    && !precedesLease(s, check)
                    && check.mode() == s.input().desired().verification().mode();
            boolean isFirstCheckUnderWay = summary.reason() == Reason.VERIFIED
                    && summary.available() == ConditionStatus.TRUE
                    && check == null
                    && s.input().history().reportedVerification() != null
                    && s.input().instance().isPresent()
                    && (s.decision().action() instanceof Action.Check
                            || s.input().history().isProbing());
            boolean isExpired = summary.reason() == Reason.EXPIRED
                    && summary.available() == ConditionStatus.FALSE
                    && s.input().desired().isTemporary();
            assertThat(summary.progress()).isEqualTo(Progress.SETTLED);
            assertThat(isVerified || isFirstCheckUnderWay || isExpired).isTrue();
        }
    }

    private static boolean precedesLease(PlanInputs s, VerificationOutcome check) {
        Instant heldSince = s.input().nodeContext().heldSince();
        return check.at().isBefore(heldSince) && !s.input().now().isBefore(heldSince);
    }

    @Property
    void overdueLeaseChangesTheConditionsAndNoAction(@ForAll PlanInputs s) {
        Decision inTime = s.leaseOverdue(false).decision();
        Decision overdue = s.leaseOverdue(true).decision();

        assertThat(overdue.action()).isEqualTo(inTime.action());
        assertThat(overdue.revisitAt()).isEqualTo(inTime.revisitAt());
        assertThat(overdue.newFailure()).isEqualTo(inTime.newFailure());
        assertThat(overdue.summary().ready())
                .isEqualTo(unproven(inTime.summary().ready()));
        assertThat(overdue.summary().available())
                .isEqualTo(unproven(inTime.summary().available()));
    }

    private static ConditionStatus unproven(ConditionStatus truth) {
        return truth == ConditionStatus.TRUE ? ConditionStatus.UNKNOWN : truth;
    }

    @Property
    void settledIsReadyOrSuspendedAndStalledOnlyObserves(@ForAll PlanInputs s) {
        ConditionSummary summary = s.decision().summary();
        switch (summary.progress()) {
            case SETTLED ->
                assertThat(summary.ready() == ConditionStatus.TRUE || summary.reason() == Reason.SUSPENDED)
                        .isTrue();
            case STALLED -> {
                assertThat(summary.ready()).isEqualTo(ConditionStatus.FALSE);
                assertThat(s.decision().action())
                        .isInstanceOfAny(Action.Wait.class, Action.Check.class, Action.RefreshInventory.class);
            }
            case RECONCILING -> assertThat(summary.ready()).isNotEqualTo(ConditionStatus.TRUE);
        }
    }

    @Property
    void everyWaitEndsAtATimeOrWithAnEvent(@ForAll PlanInputs s) {
        Decision decision = s.decision();
        if (decision.action() instanceof Action.Wait && decision.summary().progress() == Progress.RECONCILING) {
            PlanInput input = s.input();
            boolean isWokenByAnEvent = input.history().running() != null
                    || input.history().isProbing()
                    || input.history().download() != null
                    || input.nodeContext().isLeaseExpired()
                    || input.observation().loaded() instanceof Reading.Unknown
                    || input.observation().downloaded() instanceof Reading.Unknown;
            assertThat(decision.revisitAt().isPresent() || isWokenByAnEvent).isTrue();
        }
        // A changed spec is acknowledged only once.
        decision.revisitAt().filter(time -> !isUnacknowledged(s)).ifPresent(time -> assertThat(time)
                .isAfter(s.input().now()));
    }

    /** Each try simulates hours, so there are fewer tries. The initial state need not be reachable by any history. */
    @Property(tries = 300)
    void everyStartEndsReadyOrStalledWithoutACircle(
            @ForAll PlanInputs s, @ForAll @IntRange(max = 3) int evictions, @ForAll boolean areSettingsHonored) {
        Simulation simulation = new Simulation(s, areSettingsHonored);

        simulation.runUntilSettled();
        for (int i = 0; i < evictions; i++) {
            simulation.evict();
            simulation.runUntilSettled();
        }
        simulation.runFor(Duration.ofHours(1));

        int allowed = s.input().desired().isTemporary() ? 1 : 1 + simulation.evictions();
        assertThat(simulation.loads()).as(simulation.toString()).isLessThanOrEqualTo(allowed);
    }

    @Property
    void nothingIsDoneAboutASpecThatIsNotAcknowledged(@ForAll PlanInputs s) {
        if (isUnacknowledged(s)) {
            Decision decision = s.decision();
            assertThat(decision.action()).isEqualTo(new Action.Acknowledge());
            assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        }
    }

    private static boolean isUnacknowledged(PlanInputs s) {
        long observed = s.input().history().observedGeneration();
        Desired desired = s.input().desired();
        return observed >= 0 && observed != desired.generation() && !desired.isDeleted();
    }

    private static Optional<ModelOperation> operation(PlanInputs s) {
        return s.decision().action() instanceof Action.Execute mutate
                ? Optional.of(mutate.operation())
                : Optional.empty();
    }

    /** The current operation, or the one that waits for a slot. */
    private static Optional<ModelOperation> wanted(PlanInputs s) {
        return s.decision().action() instanceof Action.Enqueue await ? Optional.of(await.operation()) : operation(s);
    }

    private static Optional<ModelOperation.Load> load(PlanInputs s) {
        return wanted(s).filter(ModelOperation.Load.class::isInstance).map(ModelOperation.Load.class::cast);
    }

    private static Instant deadline(PlanInputs s) {
        PlanInput input = s.input();
        return Objects.requireNonNullElse(input.history().drainBeganAt(), input.now())
                .plus(input.desired().drain());
    }

    private static List<String> onDisk(PlanInputs s) {
        return s.input().observation().downloaded() instanceof Reading.Known<List<DownloadedModel>> known
                ? known.value().stream()
                        .filter(DownloadedModel::isLocal)
                        .map(DownloadedModel::modelKey)
                        .toList()
                : List.of();
    }

    private static List<Instance> loaded(PlanInputs s) {
        return s.input().observation().loaded() instanceof Reading.Known<List<Instance>> known
                ? known.value()
                : List.of();
    }

    private static PlanInputs only(PlanInputs s) {
        return s.input().observation().loaded() instanceof Reading.Known
                ? s.instances(loaded(s).stream()
                        .filter(instance -> instance.identifier().equals(NAME))
                        .toList())
                : s;
    }
}
