package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.Situations.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.FewerCases;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.Situations;
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
@Domain(AnySituation.class)
@Domain(net.jqwik.api.domains.DomainContext.Global.class)
class PlannerPropertiesTest {

    @Property
    void everySituationIsDecidedAndAlwaysInTheSameWay(@ForAll Situations s) {
        assertThat(s.decision()).isEqualTo(s.decision());
    }

    @Property
    void onlyWhatIsOnThisMachineIsLoaded(@ForAll Situations s) {
        load(s).ifPresent(load -> assertThat(onDisk(s)).contains(load.request().modelKey()));
    }

    @Property
    void nothingIsLoadedUnderAnIdentifierThatIsInUse(@ForAll Situations s) {
        load(s).ifPresent(load ->
                assertThat(loaded(s)).extracting(Instance::identifier).doesNotContain(load.identifier()));
    }

    @Property
    void everyLoadHasATtlAndTheIdentifier(@ForAll Situations s) {
        load(s).ifPresent(load -> {
            assertThat(load.request().ttl()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(load.identifier()).isEqualTo(NAME);
        });
    }

    @Property
    void intentIsWrittenBeforeAnyLoad(@ForAll Situations s) {
        if (mutation(s).orElse(null) instanceof ModelOperation.Load load) {
            assertThat(s.situation().history().begunRevision()).isEqualTo(load.loadRevision());
        }
    }

    @Property
    void nothingIsChangedWithoutAFreshLook(@ForAll Situations s) {
        Observation observation = s.situation().observation();
        boolean isKnown = observation.loaded() instanceof Reading.Known;
        boolean isFresh =
                observation.loaded().at().isAfter(s.situation().surroundings().changedAt());

        assertThat(wanted(s).isEmpty() || (isKnown && isFresh)).isTrue();
    }

    @Property
    void handsAreKeptOff(@ForAll Situations s) {
        Desired desired = s.situation().desired();
        boolean isSuspended = desired.isSuspended() && !desired.isDeleted();
        boolean isRetained = desired.isDeleted() && desired.deletionPolicy() == DeletionPolicy.RETAIN;
        boolean isRunning = s.situation().history().running() != null;
        boolean isSomebodyElses = s.situation().surroundings().olderClaimant() != null
                || (desired.isDeleted() && s.situation().surroundings().youngerClaimant() != null)
                || s.situation().observation().isOnLinkedDevice(NAME);

        if (isSuspended || isRetained || isRunning || isSomebodyElses) {
            assertThat(wanted(s)).isEmpty();
        }
    }

    @Property
    void nothingIsChangedInSomebodyElsesTurn(@ForAll Situations s) {
        boolean isOurTurn = s.situation().surroundings().turnOf() == null;

        assertThat(mutation(s).isEmpty() || isOurTurn).isTrue();
        assertThat(s.decision().step() instanceof Action.Enqueue && isOurTurn).isFalse();
    }

    @Property
    void onlyItsOwnInstanceIsUnloadedAndNoBusyOneTooEarly(@ForAll Situations s) {
        if (mutation(s).orElse(null) instanceof ModelOperation.Unload unload) {
            Instance instance = s.situation().instance().orElseThrow();
            assertThat(unload.identifier()).isEqualTo(NAME);
            boolean isInUse = instance.isBusy() && !isWrongModelOfOwnLoad(s, instance);
            assertThat(isInUse && s.situation().now().isBefore(deadline(s))).isFalse();
        }
    }

    /** No client requested this instance, so the agent does not wait for its clients. */
    private static boolean isWrongModelOfOwnLoad(Situations s, Instance instance) {
        Desired desired = s.situation().desired();
        return !desired.isDeleted()
                && !desired.modelKey().equals(instance.modelKey())
                && s.situation().isOwnLoad(instance);
    }

    @Property
    void deletedModelIsNeverLoaded(@ForAll Situations s) {
        if (s.situation().desired().isDeleted()) {
            assertThat(load(s)).isEmpty();
        } else {
            assertThat(s.decision().step()).isNotInstanceOf(Action.RemoveFinalizer.class);
        }
    }

    @Property
    void strangersChangeNothing(@ForAll Situations s, @ForAll("strangers") List<Instance> strangers) {
        Situations without = only(s);

        assertThat(s.decision()).isEqualTo(without.decision());
        if (s.situation().observation().loaded() instanceof Reading.Known) {
            assertThat(s.besides(strangers.toArray(Instance[]::new)).decision()).isEqualTo(s.decision());
        }
    }

    @Provide
    Arbitrary<List<Instance>> strangers() {
        return AnySituation.foreign().list().ofMinSize(1).ofMaxSize(3);
    }

    @Property
    void readyIsProven(@ForAll Situations s) {
        ConditionSummary finding = s.decision().finding();
        if (finding.ready() == ConditionStatus.TRUE) {
            VerificationOutcome check = s.situation().history().lastCheck();
            boolean isVerified = finding.reason() == Reason.VERIFIED
                    && finding.available() == ConditionStatus.TRUE
                    && check != null
                    && check.hasPassed()
                    && !isOfAnEarlierTenure(s, check)
                    && check.mode() == s.situation().desired().verification().mode();
            boolean isFirstCheckUnderWay = finding.reason() == Reason.VERIFIED
                    && finding.available() == ConditionStatus.TRUE
                    && check == null
                    && s.situation().history().toldProof() != null
                    && s.situation().instance().isPresent()
                    && (s.decision().step() instanceof Action.Check
                            || s.situation().history().isProbing());
            boolean isExpired = finding.reason() == Reason.EXPIRED
                    && finding.available() == ConditionStatus.FALSE
                    && s.situation().desired().isTemporary();
            assertThat(finding.progress()).isEqualTo(Progress.SETTLED);
            assertThat(isVerified || isFirstCheckUnderWay || isExpired).isTrue();
        }
    }

    private static boolean isOfAnEarlierTenure(Situations s, VerificationOutcome check) {
        Instant provenSince = s.situation().surroundings().provenSince();
        return check.at().isBefore(provenSince) && !s.situation().now().isBefore(provenSince);
    }

    @Property
    void overdueLeaseChangesWhatIsSaidAndNothingThatIsDone(@ForAll Situations s) {
        Decision inTime = s.leaseOverdue(false).decision();
        Decision overdue = s.leaseOverdue(true).decision();

        assertThat(overdue.step()).isEqualTo(inTime.step());
        assertThat(overdue.revisitAt()).isEqualTo(inTime.revisitAt());
        assertThat(overdue.newFailure()).isEqualTo(inTime.newFailure());
        assertThat(overdue.finding().ready())
                .isEqualTo(unproven(inTime.finding().ready()));
        assertThat(overdue.finding().available())
                .isEqualTo(unproven(inTime.finding().available()));
    }

    private static ConditionStatus unproven(ConditionStatus truth) {
        return truth == ConditionStatus.TRUE ? ConditionStatus.UNKNOWN : truth;
    }

    @Property
    void settledIsReadyOrSuspendedAndStalledOnlyLooks(@ForAll Situations s) {
        ConditionSummary finding = s.decision().finding();
        switch (finding.progress()) {
            case SETTLED ->
                assertThat(finding.ready() == ConditionStatus.TRUE || finding.reason() == Reason.SUSPENDED)
                        .isTrue();
            case STALLED -> {
                assertThat(finding.ready()).isEqualTo(ConditionStatus.FALSE);
                assertThat(s.decision().step())
                        .isInstanceOfAny(Action.Wait.class, Action.Check.class, Action.LookAtDisk.class);
            }
            case RECONCILING -> assertThat(finding.ready()).isNotEqualTo(ConditionStatus.TRUE);
        }
    }

    @Property
    void nobodyWaitsForNothing(@ForAll Situations s) {
        Decision decision = s.decision();
        if (decision.step() instanceof Action.Wait && decision.finding().progress() == Progress.RECONCILING) {
            PlanInput situation = s.situation();
            boolean isWokenByAnEvent = situation.history().running() != null
                    || situation.history().isProbing()
                    || situation.history().download() != null
                    || situation.surroundings().isLeaseOverdue()
                    || situation.observation().loaded() instanceof Reading.Unknown
                    || situation.observation().downloaded() instanceof Reading.Unknown;
            assertThat(decision.revisitAt().isPresent() || isWokenByAnEvent).isTrue();
        }
        // A changed spec is acknowledged only once.
        decision.revisitAt().filter(time -> !isUnacknowledged(s)).ifPresent(time -> assertThat(time)
                .isAfter(s.situation().now()));
    }

    /** Each try simulates hours, so there are fewer tries. The initial state need not be reachable by any history. */
    @Property(tries = 300)
    void everyStartEndsReadyOrStalledWithoutACircle(
            @ForAll Situations s, @ForAll @IntRange(max = 3) int evictions, @ForAll boolean areSettingsHonored) {
        Simulation simulation = new Simulation(s, areSettingsHonored);

        simulation.runUntilSettled();
        for (int i = 0; i < evictions; i++) {
            simulation.evict();
            simulation.runUntilSettled();
        }
        simulation.runFor(Duration.ofHours(1));

        int allowed = s.situation().desired().isTemporary() ? 1 : 1 + simulation.evictions();
        assertThat(simulation.loads()).as(simulation.toString()).isLessThanOrEqualTo(allowed);
    }

    @Property
    void nothingIsDoneAboutASpecThatIsNotAcknowledged(@ForAll Situations s) {
        if (isUnacknowledged(s)) {
            Decision decision = s.decision();
            assertThat(decision.step()).isEqualTo(new Action.Acknowledge());
            assertThat(decision.finding().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        }
    }

    private static boolean isUnacknowledged(Situations s) {
        long observed = s.situation().history().observedGeneration();
        Desired desired = s.situation().desired();
        return observed >= 0 && observed != desired.generation() && !desired.isDeleted();
    }

    private static Optional<ModelOperation> mutation(Situations s) {
        return s.decision().step() instanceof Action.Mutate mutate ? Optional.of(mutate.mutation()) : Optional.empty();
    }

    /** The current operation, or the one that waits for a slot. */
    private static Optional<ModelOperation> wanted(Situations s) {
        return s.decision().step() instanceof Action.Enqueue await ? Optional.of(await.mutation()) : mutation(s);
    }

    private static Optional<ModelOperation.Load> load(Situations s) {
        return wanted(s).filter(ModelOperation.Load.class::isInstance).map(ModelOperation.Load.class::cast);
    }

    private static Instant deadline(Situations s) {
        PlanInput situation = s.situation();
        return Objects.requireNonNullElse(situation.history().drainBeganAt(), situation.now())
                .plus(situation.desired().drain());
    }

    private static List<String> onDisk(Situations s) {
        return s.situation().observation().downloaded() instanceof Reading.Known<List<DownloadedModel>> known
                ? known.value().stream()
                        .filter(DownloadedModel::isLocal)
                        .map(DownloadedModel::modelKey)
                        .toList()
                : List.of();
    }

    private static List<Instance> loaded(Situations s) {
        return s.situation().observation().loaded() instanceof Reading.Known<List<Instance>> known
                ? known.value()
                : List.of();
    }

    private static Situations only(Situations s) {
        return s.situation().observation().loaded() instanceof Reading.Known
                ? s.instances(loaded(s).stream()
                        .filter(instance -> instance.identifier().equals(NAME))
                        .toList())
                : s;
    }
}
