package dev.lmstudiooperator.controller.modelset;

import static dev.lmstudiooperator.controller.modelset.Sets.HASH;
import static dev.lmstudiooperator.controller.modelset.Sets.NOW;
import static dev.lmstudiooperator.controller.modelset.Sets.ago;
import static dev.lmstudiooperator.controller.modelset.Sets.availableFor;
import static dev.lmstudiooperator.controller.modelset.Sets.down;
import static dev.lmstudiooperator.controller.modelset.Sets.everyNode;
import static dev.lmstudiooperator.controller.modelset.Sets.goal;
import static dev.lmstudiooperator.controller.modelset.Sets.input;
import static dev.lmstudiooperator.controller.modelset.Sets.lost;
import static dev.lmstudiooperator.controller.modelset.Sets.minReady;
import static dev.lmstudiooperator.controller.modelset.Sets.nodes;
import static dev.lmstudiooperator.controller.modelset.Sets.old;
import static dev.lmstudiooperator.controller.modelset.Sets.onDelete;
import static dev.lmstudiooperator.controller.modelset.Sets.terminating;
import static dev.lmstudiooperator.controller.modelset.Sets.unscheduled;
import static dev.lmstudiooperator.controller.modelset.Sets.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.modelset.SetInput.Before;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests what the status of a set says in each situation. */
class SetSummaryTest {

    @Test
    void replicasAreCounted() {
        SetSummary summary = summary(
                minReady(goal(4), Duration.ofMinutes(1)),
                up("a"),
                availableFor(up("b"), 30),
                old("c"),
                down(up("d")),
                terminating(up("e")));

        assertThat(summary.desired()).isEqualTo(4);
        assertThat(summary.replicas()).isEqualTo(4);
        assertThat(summary.updated()).isEqualTo(3);
        assertThat(summary.updatedReady()).isEqualTo(1);
        assertThat(summary.ready()).isEqualTo(3);
        assertThat(summary.available()).isEqualTo(2);
    }

    @Test
    void completeSetIsReady() {
        SetSummary summary = summary(goal(2), up("a"), up("b"));

        assertThat(summary.isReady()).isTrue();
        assertThat(summary.isStalled()).isFalse();
        assertThat(summary.message()).isEqualTo("2 replicas are Ready");
        assertThat(summary.progressTime()).isNull();
        assertThat(summary(goal(1), up("a")).message()).isEqualTo("1 replica is Ready");
        assertThat(summary(goal(0)).message()).isEqualTo("0 replicas are Ready");
    }

    @Test
    void expiredTemporaryModelIsReadyAndNotAvailable() {
        Replica expired = new Replica(
                "a",
                ago(10),
                "n1",
                Replica.Home.ALIVE,
                null,
                false,
                true,
                true,
                true,
                true,
                null,
                "Expired: by its TTL");

        SetSummary summary = summary(goal(1), expired);

        assertThat(summary.isReady()).isTrue();
        assertThat(summary.available()).isZero();
    }

    @Test
    void missingReplicasAreReported() {
        assertThat(says(goal(3), up("a"))).isEqualTo("Scaling: The set has 1 of 3 replicas");
        assertThat(says(goal(1), up("a"), up("b"))).isEqualTo("Scaling: The set has 2 of 1 replicas");
    }

    @Test
    void replicasWithoutANodeAreReportedWithTheCause() {
        assertThat(says(goal(3), up("a"), unscheduled("b"), unscheduled("c")))
                .isEqualTo(
                        "NoMatchingNode: 1 of 3 replicas are scheduled. Waiting for b: 0/2 nodes are available: 2 are"
                                + " unschedulable");
    }

    @Test
    void replicasThatAreNotReadyAreNamed() {
        assertThat(says(goal(2), up("a"), down(up("b"))))
                .isEqualTo("ReplicasNotReady: 1 of 2 replicas are Ready. Waiting for b");
        assertThat(says(goal(3), down(up("a")), down(up("b")), down(up("c"))))
                .isEqualTo("ReplicasNotReady: 0 of 3 replicas are Ready. Waiting for a, b, c");
        assertThat(says(goal(5), lost(up("a"), 1), down(up("b")), down(up("c")), down(up("d")), down(up("e"))))
                .isEqualTo("ReplicasNotReady: 0 of 5 replicas are Ready. Waiting for a, b, c and 2 more");
    }

    @Test
    void replacedReplicaDoesNotCount() {
        assertThat(says(goal(2), up("a"), up("b"), lost(up("c"), 300)))
                .isEqualTo("ReplicasReady: 2 replicas are Ready");
    }

    @Test
    void rolloutIsReportedWithItsProgress() {
        assertThat(says(goal(3), up("a"), down(up("b")), old("c")))
                .isEqualTo("RollingOut: 2 of 3 replicas have the current template, and 1 of these are Ready");
    }

    @Test
    void onDeleteIsReadyWithOlderTemplates() {
        assertThat(says(onDelete(goal(2)), up("a"), old("b")))
                .isEqualTo("ReplicasReady: 2 replicas are Ready. 1 with an older template get the current one when you"
                        + " delete them");
    }

    @Test
    void desiredNumberOfEveryNodeIsThatOfTheNodes() {
        assertThat(Planner.plan(input(everyNode(), nodes("n1", "n2"))).summary().desired())
                .isEqualTo(2);
    }

    // Progress of a rollout

    @Test
    void rolloutBeginsWithANewTemplate() {
        SetSummary summary = after(before("older", null, 2, 2), old("a"), old("b"));

        assertThat(summary.progressTime()).isEqualTo(NOW);
        assertThat(summary.failsAt()).isEqualTo(NOW.plusSeconds(600));
    }

    @Test
    void moreUpdatedReplicasAreProgress() {
        assertThat(after(before(HASH, ago(100), 0, 0), down(up("a")), old("b")).progressTime())
                .isEqualTo(NOW);
        assertThat(after(before(HASH, ago(100), 1, 0), down(up("a")), old("b")).progressTime())
                .isEqualTo(ago(100));
        assertThat(after(before(HASH, ago(100), 1, 0), up("a"), old("b")).progressTime())
                .isEqualTo(NOW);
    }

    @Test
    void changedSpecIsProgress() {
        assertThat(after(new Before(1, HASH, ago(100), 1, 0), down(up("a")), old("b"))
                        .progressTime())
                .isEqualTo(NOW);
    }

    @Test
    void rolloutWithoutProgressFails() {
        SetSummary summary = after(before(HASH, ago(600), 1, 0), down(up("a")), old("b"));

        assertThat(summary.isStalled()).isTrue();
        assertThat(summary.message())
                .isEqualTo("No progress for 600 s: 0 of 2 replicas have the current template and are Ready. Waiting for"
                        + " a on on-a: ModelNotFound: no such model");
        assertThat(after(before(HASH, ago(599), 1, 0), down(up("a")), old("b")).isStalled())
                .isFalse();
    }

    @Test
    void failedRolloutThatProgressesIsNoFailureAnyMore() {
        assertThat(after(before(HASH, ago(900), 1, 0), up("a"), old("b")).isStalled())
                .isFalse();
    }

    @Test
    void replicaWithoutANodeDoesNotFailARollout() {
        assertThat(after(before(HASH, ago(900), 2, 1), up("a"), unscheduled("b"))
                        .reason())
                .isEqualTo(Reason.NO_MATCHING_NODE);
    }

    @Test
    void replicaThatFailsAfterTheRolloutDoesNotFailIt() {
        SetSummary summary = after(before(HASH, null, 2, 2), up("a"), down(up("b")));

        assertThat(summary.reason()).isEqualTo(Reason.REPLICAS_NOT_READY);
        assertThat(summary.progressTime()).isNull();
    }

    @Test
    void planIsReviewedWhenTheRolloutFails() {
        SetInput input = Sets.after(input(goal(2), down(up("a")), old("b")), before(HASH, ago(500), 1, 0));

        assertThat(Planner.plan(input).reviewAt()).isEqualTo(NOW.plusSeconds(100));
    }

    private static Before before(String hash, @Nullable Instant progress, int updated, int updatedReady) {
        return new Before(2, hash, progress, updated, updatedReady);
    }

    private static SetSummary after(Before before, Replica... replicas) {
        return Planner.plan(Sets.after(input(goal(2), replicas), before)).summary();
    }

    private static SetSummary summary(Goal goal, Replica... replicas) {
        return Planner.plan(input(goal, replicas)).summary();
    }

    private static String says(Goal goal, Replica... replicas) {
        SetSummary summary = summary(goal, replicas);
        return summary.reason().text() + ": " + summary.message();
    }
}
