package dev.lmstudiooperator.agent.managedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.Phase;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the conditions that follow from a {@code ConditionSummary}, and their transition times. */
class ConditionsTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.789Z");
    private static final ConditionSummary LOADING = new ConditionSummary(
            ConditionStatus.FALSE, ConditionStatus.FALSE, Progress.RECONCILING, Reason.LOADING, "Loading");
    private static final ConditionSummary EXPIRED = new ConditionSummary(
            ConditionStatus.TRUE, ConditionStatus.FALSE, Progress.SETTLED, Reason.EXPIRED, "The TTL has run out");
    private static final ConditionSummary UNCLEAR = new ConditionSummary(
            ConditionStatus.UNKNOWN,
            ConditionStatus.UNKNOWN,
            Progress.RECONCILING,
            Reason.LM_STUDIO_UNREACHABLE,
            "It is down");
    private static final ConditionSummary STALLED = new ConditionSummary(
            ConditionStatus.FALSE, ConditionStatus.FALSE, Progress.STALLED, Reason.MODEL_NOT_FOUND, "Not there");

    @Test
    void eachConditionHasItsSummaryAndGeneration() {
        assertThat(after(List.of(), EXPIRED, 0))
                .extracting(
                        Condition::getType,
                        Condition::getStatus,
                        Condition::getReason,
                        Condition::getMessage,
                        Condition::getObservedGeneration,
                        Condition::getLastTransitionTime)
                .containsExactly(
                        tuple("Ready", "True", "Expired", "The TTL has run out", 3L, "2026-01-01T12:00:00Z"),
                        tuple("Available", "False", "Expired", "The TTL has run out", 3L, "2026-01-01T12:00:00Z"));
    }

    @Test
    void publicationIsReadFromTheConditionsOfTheController() {
        Duration timeout = Duration.ofSeconds(30);

        assertThat(Conditions.publication(published("True", "True"), NOON, timeout))
                .isEqualTo(new History.Publication(true, true, true, NOON, timeout));
        assertThat(Conditions.publication(published("Unknown", "False"), null, timeout))
                .isEqualTo(new History.Publication(true, true, false, null, timeout));
        assertThat(Conditions.publication(published("False", "True"), null, timeout))
                .isEqualTo(new History.Publication(true, false, true, null, timeout));
        assertThat(Conditions.publication(ManagedModelStatus.UNOBSERVED, NOON, timeout))
                .isEqualTo(History.Publication.NONE);
    }

    private static ManagedModelStatus published(String published, String available) {
        return ManagedModels.status("""
                conditions:
                - {type: Published, status: "%s", reason: EndpointReady}
                - {type: Available, status: "%s", reason: Verified}
                """.formatted(published, available));
    }

    @Test
    void whatIsUnknownIsNeitherTrueNorFalse() {
        assertThat(after(List.of(), UNCLEAR, 0))
                .extracting(Condition::getType, Condition::getStatus)
                .containsExactly(
                        tuple("Ready", "Unknown"), tuple("Available", "Unknown"), tuple("Reconciling", "True"));
    }

    @Test
    void timeOfATransitionIsKeptWhileOnlyTheReasonChanges() {
        List<Condition> loading = after(List.of(), LOADING, 0);

        List<Condition> stalled = after(loading, STALLED, 60);

        assertThat(stalled)
                .extracting(Condition::getType, Condition::getReason, Condition::getLastTransitionTime)
                .containsExactly(
                        tuple("Ready", "ModelNotFound", "2026-01-01T12:00:00Z"),
                        tuple("Available", "ModelNotFound", "2026-01-01T12:00:00Z"),
                        tuple("Stalled", "ModelNotFound", "2026-01-01T12:01:00Z"));
    }

    @Test
    void eachHasItsOwnTransition() {
        List<Condition> loading = after(List.of(), LOADING, 0);

        assertThat(after(loading, EXPIRED, 60))
                .extracting(Condition::getType, Condition::getLastTransitionTime)
                .containsExactly(tuple("Ready", "2026-01-01T12:01:00Z"), tuple("Available", "2026-01-01T12:00:00Z"));
    }

    @Test
    void abnormalConditionThatReturnsHasANewTransitionTime() {
        List<Condition> loading = after(List.of(), LOADING, 0);
        List<Condition> expired = after(loading, EXPIRED, 60);

        assertThat(after(expired, LOADING, 120))
                .filteredOn(condition -> condition.getType().equals("Reconciling"))
                .extracting(Condition::getLastTransitionTime)
                .containsExactly("2026-01-01T12:02:00Z");
    }

    @Test
    void controllersConditionIsNotRepeated() {
        Condition scheduled = new ConditionBuilder()
                .withType("Scheduled")
                .withStatus("True")
                .withLastTransitionTime("2026-01-01T11:00:00Z")
                .build();

        assertThat(after(List.of(scheduled), EXPIRED, 0))
                .extracting(Condition::getType)
                .containsExactly("Ready", "Available");
    }

    @Test
    void messageIsShortenedToTheLimitOfTheApiServer() {
        ConditionSummary talkative = new ConditionSummary(
                ConditionStatus.TRUE,
                ConditionStatus.TRUE,
                Progress.SETTLED,
                Reason.VERIFIED,
                "x".repeat(1024) + "what is cut off");

        assertThat(after(List.of(), talkative, 0))
                .extracting(Condition::getMessage)
                .containsOnly("x".repeat(1024));
    }

    private static List<Condition> after(List<Condition> before, ConditionSummary summary, long second) {
        return Conditions.of(summary, new StatusConditions.Setter(before, 3, NOON.plusSeconds(second)));
    }

    @Test
    void conditionsOfTheControllerForALostAgentStay() {
        Condition ready = lost("Ready");
        Condition available = lost("Available");
        ConditionSummary verifying = new ConditionSummary(
                ConditionStatus.UNKNOWN,
                ConditionStatus.UNKNOWN,
                Progress.RECONCILING,
                Reason.VERIFYING,
                "Verifies again");

        List<Condition> conditions =
                Conditions.keepAgentLost(after(List.of(), verifying, 0), List.of(available, ready));

        assertThat(conditions).hasSize(3).startsWith(ready, available);
    }

    @Test
    void conditionsOfTheAgentAreReplaced() {
        List<Condition> loading = after(List.of(), LOADING, 0);

        assertThat(Conditions.keepAgentLost(after(loading, UNCLEAR, 60), loading))
                .isEqualTo(after(loading, UNCLEAR, 60));
    }

    private static Condition lost(String type) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus("Unknown")
                .withReason("AgentLost")
                .withMessage("Silent for 40 s")
                .build();
    }

    // The phase that summarizes the conditions

    @ParameterizedTest
    @EnumSource
    void whatIsStalledHasFailed(Reason reason) {
        assertThat(phase(Progress.STALLED, reason)).isEqualTo(Phase.FAILED);
    }

    @ParameterizedTest
    @CsvSource({
        "VERIFIED, READY",
        "EXPIRED, EXPIRED",
        "SUSPENDED, SUSPENDED",
        "LOADING, LOADING",
        "EVICTED, LOADING",
        "VERIFYING, VERIFYING",
        "VERIFICATION_FAILED, VERIFYING",
        "DRIFTED, DRAINING",
        "DRAINING, DRAINING",
        "UNLOADING, DRAINING",
        "WAITING_FOR_TURN, PENDING",
        "INSUFFICIENT_MEMORY, PENDING",
        "LOAD_FAILED, PENDING",
        "OBSERVING, PENDING",
        "LM_STUDIO_UNREACHABLE, PENDING",
        "SERVER_NOT_RUNNING, PENDING"
    })
    void whatMovesIsNamedAfterItsReason(Reason reason, Phase phase) {
        assertThat(phase(Progress.RECONCILING, reason)).isEqualTo(phase);
        assertThat(phase(Progress.SETTLED, reason)).isEqualTo(phase);
    }

    private static Phase phase(Progress progress, Reason reason) {
        return Conditions.phase(
                new ConditionSummary(ConditionStatus.FALSE, ConditionStatus.FALSE, progress, reason, "A sentence"));
    }
}
