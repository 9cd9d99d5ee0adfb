package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.CHAT;
import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.NOW;
import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.aResult;
import static dev.lmstudiooperator.agent.plan.PlanInputs.check;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.Phase;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the status that a reconciliation writes. */
class StatusFactoryTest {

    private static final ConditionSummary VERIFIED = new ConditionSummary(
            ConditionStatus.TRUE, ConditionStatus.TRUE, Progress.SETTLED, Reason.VERIFIED, "It is served");
    private static final ConditionSummary LOADING = new ConditionSummary(
            ConditionStatus.FALSE, ConditionStatus.FALSE, Progress.RECONCILING, Reason.LOADING, "Loading");
    private static final ConditionSummary STALLED = new ConditionSummary(
            ConditionStatus.FALSE, ConditionStatus.FALSE, Progress.STALLED, Reason.MODEL_NOT_FOUND, "Not there");
    private static final ConditionSummary SUSPENDED = new ConditionSummary(
            ConditionStatus.FALSE, ConditionStatus.FALSE, Progress.SETTLED, Reason.SUSPENDED, "Suspended");
    private static final Reading<List<Instance>> PRESENT = new Reading.Known<>(List.of(CHAT), NOW);
    private static final Reading<List<Instance>> ABSENT = new Reading.Known<>(List.of(), NOW);
    private static final Reading<List<Instance>> UNKNOWN =
            new Reading.Unknown<>(new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "no"), NOW);
    private static final Failure FAILURE = new Failure(Reason.LOAD_FAILED, "It went wrong", NOW, NOW.plusSeconds(5));

    @Test
    void sameInputGivesTheSameStatus() {
        ManagedModelStatus once = served();

        assertThat(pass(once, PRESENT, VERIFIED, 3600)).isEqualTo(once);
    }

    @Test
    void vanishedInstanceIsOneEviction() {
        ManagedModelStatus once = pass(served(), ABSENT, LOADING, 60);
        ManagedModelStatus twice = pass(once, ABSENT, LOADING, 61);

        assertThat(once.evictions()).isEqualTo(1);
        assertThat(once.instance()).isNull();
        assertThat(Objects.requireNonNull(once.convergence()).trigger()).isEqualTo("Evicted");
        assertThat(twice.evictions()).isEqualTo(1);
    }

    @Test
    void ownUnloadIsNoEviction() {
        ManagedModelStatus reported =
                result(served(), ABSENT, LOADING, 60).hasUnloaded().status();

        assertThat(reported.evictions()).isNull();
    }

    /** An observation can show the effect of an operation before the operation has ended. */
    @Test
    void ownUnloadThatStillRunsIsNoEviction() {
        ManagedModelStatus reported = result(served(), ABSENT, LOADING, 60)
                .history("running", new ModelOperation.Unload("chat"))
                .status();

        assertThat(reported.evictions()).isNull();
        assertThat(reported.instance()).isNull();
    }

    @Test
    void failedObservationIsNoEviction() {
        ManagedModelStatus reported = pass(served(), UNKNOWN, LOADING, 60);

        assertThat(reported.evictions()).isNull();
        assertThat(reported.instance()).isEqualTo(served().instance());
        assertThat(reported.verification()).isEqualTo(served().verification());
    }

    @Test
    void verificationOfAMissingInstanceIsRemoved() {
        assertThat(served().verification()).isNotNull();
        assertThat(pass(served(), ABSENT, LOADING, 60).verification()).isNull();
    }

    @Test
    void convergenceBeginsAndEndsOnce() {
        ManagedModelStatus begun = pass(ManagedModelStatus.UNOBSERVED, ABSENT, LOADING, 0);
        ManagedModelStatus lasting = pass(begun, ABSENT, LOADING, 4);
        ManagedModelStatus ended = pass(lasting, PRESENT, VERIFIED, 7);

        assertThat(begun.convergence()).isEqualTo(new ConvergenceStatus("Loading", "2026-01-01T12:00:00Z", null, 1));
        assertThat(lasting.convergence()).isEqualTo(new ConvergenceStatus("Loading", "2026-01-01T12:00:00Z", null, 2));
        assertThat(ended.convergence()).isEqualTo(new ConvergenceStatus("Loading", "2026-01-01T12:00:00Z", 7000L, 3));
        assertThat(pass(ended, PRESENT, VERIFIED, 99).convergence()).isEqualTo(ended.convergence());
    }

    @Test
    void transitionTimeChangesWithTheStatusOfAConditionOnly() {
        ManagedModelStatus loading = pass(ManagedModelStatus.UNOBSERVED, ABSENT, LOADING, 0);
        ManagedModelStatus stalled = pass(loading, ABSENT, STALLED, 60);
        ManagedModelStatus served = pass(stalled, PRESENT, VERIFIED, 120);

        assertThat(condition(stalled, "Ready").getReason()).isEqualTo("ModelNotFound");
        assertThat(condition(stalled, "Ready").getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
        assertThat(condition(served, "Ready").getLastTransitionTime()).isEqualTo("2026-01-01T12:02:00Z");
    }

    @Test
    void abnormalConditionsStandOnlyWhileTrueAndNeverTogether() {
        assertThat(types(LOADING)).containsExactly("Ready", "Available", "Reconciling");
        assertThat(types(STALLED)).containsExactly("Ready", "Available", "Stalled");
        assertThat(types(VERIFIED)).containsExactly("Ready", "Available");
    }

    @Test
    void conditionsHaveTheGenerationAndABoundedMessage() {
        ConditionSummary long1 = new ConditionSummary(
                ConditionStatus.UNKNOWN,
                ConditionStatus.UNKNOWN,
                Progress.RECONCILING,
                Reason.OBSERVING,
                "x".repeat(2000));
        ManagedModelStatus reported = pass(served(), PRESENT, long1, 0);

        assertThat(reported.observedGeneration()).isEqualTo(7);
        assertThat(condition(reported, "Ready").getStatus()).isEqualTo("Unknown");
        assertThat(reported.conditions())
                .allMatch(c -> c.getObservedGeneration() == 7 && c.getMessage().length() == 1024);
    }

    @Test
    void failureStandsUntilRecovery() {
        ManagedModelStatus failed = result(ManagedModelStatus.UNOBSERVED, ABSENT, LOADING, 0)
                .history("failure", FAILURE)
                .status();
        ManagedModelStatus suspended =
                result(failed, ABSENT, SUSPENDED, 0).history("failure", FAILURE).status();
        ManagedModelStatus recovered =
                result(failed, PRESENT, VERIFIED, 0).history("failure", FAILURE).status();

        assertThat(failed.lastError())
                .extracting("reason", "message", "time", "nextRetryTime")
                .containsExactly("LoadFailed", "It went wrong", "2026-01-01T12:00:00Z", "2026-01-01T12:00:05Z");
        assertThat(suspended.lastError()).isEqualTo(failed.lastError());
        assertThat(recovered.lastError()).isNull();
    }

    @Test
    void revisionIsBegunByAnIntentOrByWhatIsServedAndKeptOtherwise() {
        ManagedModelStatus waiting = pass(ManagedModelStatus.UNOBSERVED, ABSENT, LOADING, 0);
        ManagedModelStatus intended = result(waiting, ABSENT, LOADING, 0)
                .action(new Action.RecordIntent())
                .status();

        assertThat(waiting.loadRevision()).isNull();
        assertThat(intended.loadRevision()).isEqualTo("revision-1");
        assertThat(pass(intended, ABSENT, LOADING, 1).loadRevision()).isEqualTo("revision-1");
        assertThat(served().loadRevision()).isEqualTo("revision-1");
    }

    @Test
    void phaseSummarizesTheConditions() {
        assertThat(Conditions.phase(VERIFIED)).isEqualTo(Phase.READY);
        assertThat(Conditions.phase(LOADING)).isEqualTo(Phase.LOADING);
        assertThat(Conditions.phase(SUSPENDED)).isEqualTo(Phase.SUSPENDED);
        assertThat(Conditions.phase(STALLED)).isEqualTo(Phase.FAILED);
    }

    private static List<String> types(ConditionSummary summary) {
        return Objects.requireNonNull(
                        pass(ManagedModelStatus.UNOBSERVED, ABSENT, summary, 0).conditions())
                .stream()
                .map(Condition::getType)
                .toList();
    }

    private static Condition condition(ManagedModelStatus status, String type) {
        return Objects.requireNonNull(status.conditions()).stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static ManagedModelStatus served() {
        return result(ManagedModelStatus.UNOBSERVED, PRESENT, VERIFIED, 0)
                .history("lastCheck", check(VerificationResult.PASSED, Reason.VERIFIED, NOW, 0))
                .status();
    }

    private static ManagedModelStatus pass(
            ManagedModelStatus before, Reading<List<Instance>> loaded, ConditionSummary summary, long second) {
        return result(before, loaded, summary, second).status();
    }

    private static SyncResultBuilder result(
            ManagedModelStatus before, Reading<List<Instance>> loaded, ConditionSummary summary, long second) {
        return aResult()
                .before(before)
                .observed(anObservation(NOW).loaded(loaded).build())
                .desired("generation", 7L)
                .desired("loadRevision", "revision-1")
                .history("begunRevision", before.loadRevision())
                .history("convergenceBeganAt", convergenceBeganAt(before.convergence()))
                .summary(summary)
                .at(NOW.plusSeconds(second));
    }

    private static @Nullable Instant convergenceBeganAt(@Nullable ConvergenceStatus convergence) {
        return convergence == null || convergence.durationMillis() != null
                ? null
                : Instant.parse(convergence.startedTime());
    }
}
