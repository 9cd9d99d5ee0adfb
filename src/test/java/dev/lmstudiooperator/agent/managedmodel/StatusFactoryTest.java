package dev.lmstudiooperator.agent.managedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Desired.Verification;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.NodeContext;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LoadSettings;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.PullPolicy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.Retention;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.Phase;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the status that a reconciliation writes. */
class StatusFactoryTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final ConditionSummary VERIFIED = new ConditionSummary(
            ConditionStatus.TRUE, ConditionStatus.TRUE, Progress.SETTLED, Reason.VERIFIED, "It is served");
    private static final ConditionSummary LOADING = new ConditionSummary(
            ConditionStatus.FALSE, ConditionStatus.FALSE, Progress.RECONCILING, Reason.LOADING, "Loading");
    private static final ConditionSummary STALLED = new ConditionSummary(
            ConditionStatus.FALSE, ConditionStatus.FALSE, Progress.STALLED, Reason.MODEL_NOT_FOUND, "Not there");
    private static final ConditionSummary SUSPENDED = new ConditionSummary(
            ConditionStatus.FALSE, ConditionStatus.FALSE, Progress.SETTLED, Reason.SUSPENDED, "Suspended");
    private static final Reading<List<Instance>> PRESENT = new Reading.Known<>(
            List.of(new Instance(
                    "chat", "qwen", ModelType.LLM, TTL, null, 4096, 4, Activity.IDLE, 0, 5L, null, null, null, null)),
            NOW);
    private static final Reading<List<Instance>> ABSENT = new Reading.Known<>(List.of(), NOW);
    private static final Reading<List<Instance>> UNKNOWN =
            new Reading.Unknown<>(new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "no"), NOW);
    private static final Failure FAILURE = new Failure(Reason.LOAD_FAILED, "It went wrong", NOW, NOW.plusSeconds(5));

    @Test
    void samePassWritesNothingNew() {
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
        ManagedModelStatus reported = status(served(), ABSENT, LOADING, 60, null, null, new Action.Wait(), true);

        assertThat(reported.evictions()).isNull();
    }

    /** An observation can show the effect of an operation before the operation has ended. */
    @Test
    void ownUnloadThatStillRunsIsNoEviction() {
        ManagedModelStatus reported = status(
                served(), ABSENT, LOADING, 60, null, null, new Action.Wait(), false, new ModelOperation.Unload("chat"));

        assertThat(reported.evictions()).isNull();
        assertThat(reported.instance()).isNull();
    }

    @Test
    void failedLookIsNoEviction() {
        ManagedModelStatus reported = pass(served(), UNKNOWN, LOADING, 60);

        assertThat(reported.evictions()).isNull();
        assertThat(reported.instance()).isEqualTo(served().instance());
        assertThat(reported.verification()).isEqualTo(served().verification());
    }

    @Test
    void proofOfWhatIsGoneIsTakenBack() {
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
    void conditionsSpeakOfTheGenerationAndAreNotTooLong() {
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
        ManagedModelStatus failed =
                status(ManagedModelStatus.UNOBSERVED, ABSENT, LOADING, 0, null, FAILURE, new Action.Wait(), false);
        ManagedModelStatus suspended = status(failed, ABSENT, SUSPENDED, 0, null, FAILURE, new Action.Wait(), false);
        ManagedModelStatus recovered = status(failed, PRESENT, VERIFIED, 0, null, FAILURE, new Action.Wait(), false);

        assertThat(failed.lastError())
                .extracting("reason", "message", "time", "nextRetryTime")
                .containsExactly("LoadFailed", "It went wrong", "2026-01-01T12:00:00Z", "2026-01-01T12:00:05Z");
        assertThat(suspended.lastError()).isEqualTo(failed.lastError());
        assertThat(recovered.lastError()).isNull();
    }

    @Test
    void revisionIsBegunByAnIntentOrByWhatIsServedAndKeptOtherwise() {
        ManagedModelStatus waiting = pass(ManagedModelStatus.UNOBSERVED, ABSENT, LOADING, 0);
        ManagedModelStatus intended = status(waiting, ABSENT, LOADING, 0, null, null, new Action.RecordIntent(), false);

        assertThat(waiting.loadRevision()).isNull();
        assertThat(intended.loadRevision()).isEqualTo("revision-1");
        assertThat(pass(intended, ABSENT, LOADING, 1).loadRevision()).isEqualTo("revision-1");
        assertThat(served().loadRevision()).isEqualTo("revision-1");
    }

    @Test
    void phaseIsForPeople() {
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
        VerificationOutcome check = new VerificationOutcome(
                VerificationResult.PASSED,
                Reason.VERIFIED,
                VerificationMode.SERVED,
                NOW,
                "cli",
                "api",
                null,
                "ok",
                0,
                false,
                false);
        return status(ManagedModelStatus.UNOBSERVED, PRESENT, VERIFIED, 0, check, null, new Action.Wait(), false);
    }

    private static ManagedModelStatus pass(
            ManagedModelStatus before, Reading<List<Instance>> loaded, ConditionSummary summary, long second) {
        return status(before, loaded, summary, second, null, null, new Action.Wait(), false);
    }

    private static ManagedModelStatus status(
            ManagedModelStatus before,
            Reading<List<Instance>> loaded,
            ConditionSummary summary,
            long second,
            @Nullable VerificationOutcome check,
            @Nullable Failure failure,
            Action action,
            boolean hasUnloaded) {
        return status(before, loaded, summary, second, check, failure, action, hasUnloaded, null);
    }

    private static @Nullable Instant convergenceBeganAt(@Nullable ConvergenceStatus convergence) {
        return convergence == null || convergence.durationMillis() != null
                ? null
                : Instant.parse(convergence.startedTime());
    }

    private static ManagedModelStatus status(
            ManagedModelStatus before,
            Reading<List<Instance>> loaded,
            ConditionSummary summary,
            long second,
            @Nullable VerificationOutcome check,
            @Nullable Failure failure,
            Action action,
            boolean hasUnloaded,
            @Nullable ModelOperation running) {
        Desired desired = new Desired(
                7,
                "qwen",
                "chat",
                TTL,
                LoadSettings.DEFAULTS,
                "revision-1",
                Retention.KEEP_LOADED,
                PullPolicy.NEVER,
                new Verification(
                        VerificationMode.SERVED,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(10),
                        3,
                        Duration.ofSeconds(1800),
                        false),
                DeletionPolicy.UNLOAD_IF_LOADED,
                Duration.ofSeconds(60),
                false,
                List.of(),
                false,
                false);
        Observation observation = new Observation(
                loaded,
                new Reading.Known<>(List.of(), NOW),
                new Reading.Known<>(new ApiModelList(Set.of(), Set.of()), NOW));
        History history = new History(
                7,
                before.loadRevision(),
                null,
                false,
                new History.Recorded("qwen", 4096, TTL, NOW),
                convergenceBeganAt(before.convergence()),
                null,
                failure,
                running,
                null,
                false,
                check,
                null,
                Set.of(),
                History.Renewal.NONE);
        PlanInput input = new PlanInput(
                desired,
                observation,
                history,
                new NodeContext(
                        NOW, Instant.EPOCH, null, null, null, null, null, Instant.EPOCH, false, Duration.ZERO, null),
                NOW.plusSeconds(second));
        Decision decision = new Decision(action, summary, Optional.empty(), null, false);
        return StatusFactory.status(
                new ManagedModelSyncer.Result(before, input, decision, 1, false, false, hasUnloaded));
    }
}
