package dev.lmstudiooperator.controller.modelset;

import static dev.lmstudiooperator.controller.modelset.Sets.HASH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSetStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.Clocks;
import dev.lmstudiooperator.controller.modelset.SetInput.Before;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests how the status of a set is read and written. */
class SetStatusTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00.500Z");

    private static final String REPORTED = """
            observedGeneration: 2, desiredReplicas: 3, replicas: 4, updatedReplicas: 2, updatedReadyReplicas: 1,
            readyReplicas: 3, availableReplicas: 2, selector: a=b, templateHash: older,
            progressTime: "2026-01-01T11:59:00Z", conditions: [
            {type: Ready, status: "False", reason: RollingOut, message: soon, lastTransitionTime: "2026-01-01T11:00:00Z"},
            {type: Available, status: "True", reason: ReplicasAvailable, message: 2 of 3, lastTransitionTime: "2026-01-01T11:00:00Z"}]
            """;

    private Duration setForward = Duration.ZERO;

    // What the next status depends on

    @Test
    void newSetHasNoEarlierStatus() {
        assertThat(of("").before()).isEqualTo(Before.NONE);
    }

    @Test
    void earlierStatusIsRead() {
        assertThat(of(REPORTED).before()).isEqualTo(new Before(2, "older", NOW.minusMillis(60_500), 2, 1));
    }

    @Test
    void progressInTheFutureCountsFromTheStart() {
        assertThat(of("progressTime: \"2027-01-01T00:00:00Z\"").before().progressTime())
                .isEqualTo(NOW);
    }

    @Test
    void reasonOfTheConditionReadyIsKnown() {
        assertThat(of(REPORTED).isFor("RollingOut")).isTrue();
        assertThat(of(REPORTED).isFor("ReplicasAvailable")).isFalse();
        assertThat(of("").isFor("RollingOut")).isFalse();
    }

    // Conditions

    @ParameterizedTest
    @CsvSource({
        "REPLICAS_READY, True, ",
        "ROLLING_OUT, False, Reconciling",
        "NO_MATCHING_NODE, False, Reconciling",
        "ROLLOUT_FAILED, False, Stalled"
    })
    void setThatIsNotReadyIsReconcilingOrStalled(Reason reason, String ready, @Nullable String other) {
        ManagedModelSetStatus status = of("").of(summary(reason, 0, null), HASH);

        Tuple first = tuple("Ready", ready, reason.text(), "for users");
        Tuple available = tuple("Available", "False", "NoReplicaAvailable", "0 of 3 replicas are Available");
        assertThat(status.conditions())
                .extracting(Condition::getType, Condition::getStatus, Condition::getReason, Condition::getMessage)
                .containsExactlyElementsOf(
                        other == null
                                ? List.of(first, available)
                                : List.of(first, available, tuple(other, "True", reason.text(), "for users")));
    }

    @Test
    void oneReplicaMakesTheSetAvailable() {
        assertThat(of("").of(summary(Reason.SCALING, 1, null), HASH).conditions())
                .extracting(Condition::getType, Condition::getStatus, Condition::getReason, Condition::getMessage)
                .contains(tuple("Available", "True", "ReplicasAvailable", "1 of 3 replicas are Available"));
    }

    @Test
    void transitionTimeChangesOnlyWithTheStatus() {
        assertThat(of(REPORTED)
                        .of(summary(Reason.REPLICAS_READY, 3, null), HASH)
                        .conditions())
                .extracting(Condition::getType, Condition::getLastTransitionTime)
                .containsExactly(tuple("Ready", "2026-01-01T12:00:00Z"), tuple("Available", "2026-01-01T11:00:00Z"));
    }

    // Counts and times

    @Test
    void countsAreReported() {
        ManagedModelSetStatus status = of("").of(summary(Reason.SCALING, 2, NOW), HASH);

        assertThat(status)
                .isEqualTo(new ManagedModelSetStatus(
                        7L,
                        3,
                        6,
                        5,
                        4,
                        1,
                        2,
                        "lmstudio-operator.dev/set=chat",
                        HASH,
                        "2026-01-01T12:00:00Z",
                        status.conditions()));
        assertThat(of("").of(summary(Reason.SCALING, 2, null), HASH).progressTime())
                .isNull();
    }

    @Test
    void timeOfAnEarlierProgressStaysAsItWasWritten() {
        SetStatus status = of(REPORTED);
        Instant before = status.before().progressTime();
        setForward = Duration.ofHours(1);

        assertThat(status.of(summary(Reason.ROLLING_OUT, 2, before), HASH).progressTime())
                .isEqualTo("2026-01-01T11:59:00Z");
        assertThat(status.of(summary(Reason.ROLLING_OUT, 2, NOW), HASH).progressTime())
                .isEqualTo("2026-01-01T13:00:00Z");
    }

    @Test
    void equalStatusIsReported() {
        ManagedModelSetStatus status = of("").of(summary(Reason.SCALING, 2, NOW), HASH);
        ManagedModelSet set = set("");
        set.setStatus(status);
        SetStatus after = new SetStatus(set, Clocks.of(() -> NOW));

        assertThat(after.isReported(status)).isTrue();
        assertThat(after.isReported(after.of(summary(Reason.SCALING, 1, NOW), HASH)))
                .isFalse();
    }

    // A spec that this release cannot read

    @Test
    void invalidSpecStallsTheSetAndKeepsItsCounts() {
        ManagedModelSetStatus before = set(REPORTED).getStatus();

        ManagedModelSetStatus status = of(REPORTED).invalid("cannot read it");

        assertThat(status.conditions())
                .extracting(Condition::getType, Condition::getStatus, Condition::getReason, Condition::getMessage)
                .containsExactly(
                        tuple("Ready", "False", "InvalidSpec", "cannot read it"),
                        tuple("Available", "True", "ReplicasAvailable", "2 of 3"),
                        tuple("Stalled", "True", "InvalidSpec", "cannot read it"));
        assertThat(status)
                .isEqualTo(new ManagedModelSetStatus(
                        7L, 3, 4, 2, 1, 3, 2, "a=b", "older", before.progressTime(), status.conditions()));
    }

    @Test
    void invalidNewSetHasNoConditionAvailable() {
        assertThat(of("").invalid("cannot read it").conditions())
                .extracting(Condition::getType)
                .containsExactly("Ready", "Stalled");
    }

    /** 3 replicas are desired, 6 exist, 5 are updated, 4 of them are up, and 1 is Ready. */
    private static SetSummary summary(Reason reason, int available, @Nullable Instant progress) {
        return new SetSummary(3, 6, 5, 4, 1, available, reason, "for users", progress, null);
    }

    private SetStatus of(String status) {
        return new SetStatus(set(status), Clocks.of(() -> NOW, () -> NOW.plus(setForward)));
    }

    private static ManagedModelSet set(String status) {
        return Serialization.unmarshal("""
                metadata: {name: chat, namespace: team, uid: uid-1, generation: 7}
                spec: {template: {spec: {model: qwen}}}
                status: {%s}
                """.formatted(status.replace("\n", " ")), ManagedModelSet.class);
    }
}
