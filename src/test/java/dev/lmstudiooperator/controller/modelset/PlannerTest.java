package dev.lmstudiooperator.controller.modelset;

import static dev.lmstudiooperator.controller.modelset.Sets.NOW;
import static dev.lmstudiooperator.controller.modelset.Sets.after;
import static dev.lmstudiooperator.controller.modelset.Sets.availableFor;
import static dev.lmstudiooperator.controller.modelset.Sets.createdAt;
import static dev.lmstudiooperator.controller.modelset.Sets.down;
import static dev.lmstudiooperator.controller.modelset.Sets.everyNode;
import static dev.lmstudiooperator.controller.modelset.Sets.goal;
import static dev.lmstudiooperator.controller.modelset.Sets.gone;
import static dev.lmstudiooperator.controller.modelset.Sets.input;
import static dev.lmstudiooperator.controller.modelset.Sets.lost;
import static dev.lmstudiooperator.controller.modelset.Sets.minReady;
import static dev.lmstudiooperator.controller.modelset.Sets.nodes;
import static dev.lmstudiooperator.controller.modelset.Sets.old;
import static dev.lmstudiooperator.controller.modelset.Sets.on;
import static dev.lmstudiooperator.controller.modelset.Sets.onDelete;
import static dev.lmstudiooperator.controller.modelset.Sets.outdated;
import static dev.lmstudiooperator.controller.modelset.Sets.reloading;
import static dev.lmstudiooperator.controller.modelset.Sets.terminating;
import static dev.lmstudiooperator.controller.modelset.Sets.unpatchable;
import static dev.lmstudiooperator.controller.modelset.Sets.unscheduled;
import static dev.lmstudiooperator.controller.modelset.Sets.up;
import static dev.lmstudiooperator.controller.modelset.Sets.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controller.modelset.Plan.Create;
import dev.lmstudiooperator.controller.modelset.Plan.Delete;
import dev.lmstudiooperator.controller.modelset.SetInput.Before;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests what the planner decides in each situation. SetSummaryTest has the status. */
class PlannerTest {

    // Number of replicas

    @Test
    void newSetCreatesAllReplicasAtOnceOnAnyNode() {
        Plan plan = Planner.plan(after(input(goal(3)), Before.NONE));

        assertThat(plan.creates()).hasSize(3).allSatisfy(create -> {
            assertThat(create.name()).matches("chat-[b-z2-9]{5}");
            assertThat(create.nodeName()).isNull();
        });
        assertThat(plan.creates()).extracting(Create::name).doesNotHaveDuplicates();
    }

    /** Another controller, also of another release, that repeats a creation must fail on the name. */
    @Test
    void namesAreThoseOfTheFirstIndexes() {
        assertThat(Planner.plan(input(goal(2))).creates())
                .extracting(Create::name)
                .containsExactly(Names.ofReplica("chat", "uid-1", 0), Names.ofReplica("chat", "uid-1", 1));
    }

    @Test
    void nameThatIsInUseIsNotTaken() {
        String first = Planner.plan(input(goal(1))).creates().getFirst().name();
        SetInput input = input(goal(1));
        SetInput taken =
                new SetInput(input.goal(), 2, Sets.HASH, List.of(), Set.of(first), input.places(), input.before(), NOW);

        assertThat(Planner.plan(taken).creates()).extracting(Create::name).doesNotContain(first);
        assertThat(Planner.plan(input(goal(1), terminating(up(first)))).creates())
                .extracting(Create::name)
                .hasSize(1)
                .doesNotContain(first);
    }

    @Test
    void completeSetIsAtRest() {
        Plan plan = Planner.plan(input(goal(2), up("a"), up("b")));

        assertThat(plan.isAtRest()).isTrue();
        assertThat(plan.reviewAt()).isNull();
    }

    @Test
    void smallerSetLosesReplicasOnLostNodesFirst() {
        assertThat(deleted(goal(3), up("a"), down(up("b")), lost(up("c"), 10), old("d")))
                .containsExactly("c");
    }

    @Test
    void thenTheOneWithoutANode() {
        assertThat(deleted(goal(2), up("a"), down(up("b")), unscheduled("c"))).containsExactly("c");
    }

    @Test
    void thenTheOneThatIsNotAvailable() {
        assertThat(deleted(goal(2), up("a"), old("b"), down(up("c")))).containsExactly("c");
    }

    @Test
    void thenTheOneWithAnOlderTemplate() {
        assertThat(deleted(goal(2), up("a"), old("b"), createdAt(up("c"), NOW))).containsExactly("b");
    }

    @Test
    void thenTheNewest() {
        assertThat(deleted(goal(1), up("a"), createdAt(up("b"), NOW))).containsExactly("b");
    }

    @Test
    void setOfZeroReplicasDeletesAll() {
        assertThat(deleted(goal(0), up("a"), up("b"))).containsExactlyInAnyOrder("a", "b");
    }

    // Lost nodes

    @Test
    void replicaOnALostNodeStaysUntilTheTimeIsOver() {
        Plan plan = Planner.plan(input(goal(2), up("a"), lost(up("b"), 299)));

        assertThat(plan.isAtRest()).isTrue();
        assertThat(plan.reviewAt()).isEqualTo(NOW.plusSeconds(1));
    }

    @Test
    void thenAnotherOneTakesItsPlaceAndTheLostOneStays() {
        Plan plan = Planner.plan(input(goal(2), up("a"), lost(up("b"), 300)));

        assertThat(plan.creates()).hasSize(1);
        assertThat(plan.deletes()).isEmpty();
        assertThat(Planner.plan(input(goal(2), up("a"), lost(up("b"), 300), up("c")))
                        .isAtRest())
                .isTrue();
    }

    @Test
    void whenTheNodeReturnsLateTheSurplusGoes() {
        assertThat(deleted(goal(2), up("a"), down(up("b")), up("c"))).containsExactly("b");
    }

    // Rollout

    @Test
    void oneReplicaIsUpdatedAtATime() {
        assertThat(updated(goal(5), old("a", "b", "c", "d", "e"))).containsExactly("a");
    }

    @Test
    void nextOneWaitsUntilTheUpdatedOneFulfillsItsSpec() {
        assertThat(updated(goal(3), down(up("a")), old("b"), old("c"))).isEmpty();
        assertThat(updated(goal(3), reloading(up("a")), old("b"), old("c"))).isEmpty();
        assertThat(updated(goal(3), up("a"), old("b"), old("c"))).containsExactly("b");
    }

    @Test
    void replicaThatHasNotFinishedAnEarlierUpdateIsNotUp() {
        assertThat(updated(goal(3), old("a"), old("b"), outdated(reloading(up("c")))))
                .containsExactly("c");
        assertThat(updated(goal(3), old("a"), outdated(down(up("b"))), outdated(reloading(up("c")))))
                .containsExactly("b");
        assertThat(updated(goal(3), old("a"), down(up("b")), outdated(reloading(up("c")))))
                .isEmpty();
    }

    @Test
    void updatedOneCountsAfterMinReadySeconds() {
        Goal patient = minReady(goal(2), Duration.ofSeconds(30));

        assertThat(updated(patient, availableFor(up("a"), 29), old("b"))).isEmpty();
        assertThat(updated(patient, availableFor(up("a"), 30), old("b"))).containsExactly("b");
        assertThat(Planner.plan(input(patient, availableFor(up("a"), 29), old("b")))
                        .reviewAt())
                .isEqualTo(NOW.plusSeconds(1));
    }

    @Test
    void replicaThatIsNotAvailableIsUpdatedFirst() {
        assertThat(updated(goal(3), old("a"), old("b"), outdated(down(up("c")))))
                .containsExactly("c");
    }

    @Test
    void onlyOneOfSeveralFailedReplicasIsUpdatedAtATime() {
        assertThat(updated(goal(3), outdated(down(up("a"))), outdated(down(up("b"))), old("c")))
                .containsExactly("a");
    }

    @Test
    void replicaThatWaitsForANodeIsUpdatedBeforeOneThatFailed() {
        assertThat(updated(goal(3), outdated(down(up("a"))), outdated(unscheduled("b")), old("c")))
                .containsExactly("b");
    }

    @Test
    void replicaThatIsBeingCreatedUsesUpTheLimit() {
        assertThat(updated(goal(3), outdated(down(up("a"))), old("b"))).isEmpty();
    }

    @Test
    void twoAreUpdatedAtATimeIfTwoMayBeDown() {
        assertThat(updated(with(goal(5), "2", "0"), old("a", "b", "c", "d", "e")))
                .containsExactly("a", "b");
        assertThat(updated(with(goal(5), "50%", "0"), old("a", "b", "c", "d", "e")))
                .containsExactly("a", "b");
    }

    @Test
    void replicaOfAnotherCauseUsesUpTheLimit() {
        assertThat(updated(goal(3), old("a"), old("b"), lost(up("c"), 10))).isEmpty();
    }

    @Test
    void badTemplateTakesNoMoreDownThanTheLimitEvenIfOthersFail() {
        assertThat(updated(goal(3), down(up("a")), outdated(down(up("b"))), old("c")))
                .isEmpty();
    }

    @Test
    void correctedTemplateGoesToTheReplicaThatFailed() {
        assertThat(updated(goal(3), outdated(down(up("a"))), old("b"), old("c")))
                .containsExactly("a");
    }

    @Test
    void replicaThatCannotTakeTheTemplateIsReplaced() {
        Plan plan = Planner.plan(input(goal(2), unpatchable(old("a")), unpatchable(old("b"))));

        assertThat(plan.updates()).isEmpty();
        assertThat(plan.deletes()).extracting(Delete::name).containsExactly("a");
        assertThat(Planner.plan(input(goal(2), terminating(unpatchable(old("a"))), unpatchable(old("b"))))
                        .creates())
                .hasSize(1);
    }

    @Test
    void surgeAddsReplicasWhileReplicasAreOutdated() {
        Goal surging = with(goal(2), "0", "1");

        assertThat(Planner.plan(input(surging, old("a"), old("b"))).creates()).hasSize(1);
        assertThat(updated(surging, old("a"), old("b"))).isEmpty();
        assertThat(updated(surging, old("a"), old("b"), down(up("c")))).isEmpty();
        assertThat(updated(surging, old("a"), old("b"), up("c"))).containsExactly("a");
        assertThat(deleted(surging, up("a"), up("b"), createdAt(up("c"), NOW))).containsExactly("c");
    }

    @Test
    void onDeleteUpdatesNothingAndCreatesWithTheCurrentTemplate() {
        assertThat(Planner.plan(input(onDelete(goal(2)), old("a"), old("b"))).isAtRest())
                .isTrue();
        assertThat(Planner.plan(input(onDelete(goal(2)), old("a"))).creates()).hasSize(1);
    }

    // Every node

    @Test
    void everyMatchingNodeGetsAReplicaThatIsPinnedToIt() {
        assertThat(Planner.plan(input(everyNode(), nodes("n1", "n2"), on(up("a"), "n1")))
                        .creates())
                .containsExactly(new Create("chat-n2", "n2"));
    }

    @Test
    void nodeThatDoesNotMatchOrTakesNothingNowGetsNone() {
        List<Place> places = List.of(new Place("n1", false, true), new Place("n2", true, false));

        assertThat(Planner.plan(input(everyNode(), places)).isAtRest()).isTrue();
    }

    @Test
    void replicaStaysOnACordonedNodeAndLeavesANodeThatNoLongerMatches() {
        List<Place> places = List.of(new Place("n1", true, false), new Place("n2", false, true));

        assertThat(Planner.plan(input(everyNode(), places, on(up("a"), "n1"), on(up("b"), "n2")))
                        .deletes())
                .extracting(Delete::name)
                .containsExactly("b");
    }

    @Test
    void replicaOfAGoneNodeIsDeletedAndOneOfALostNodeStays() {
        assertThat(Planner.plan(input(everyNode(), nodes(), gone(on(up("a"), "n1")), lost(on(up("b"), "n2"), 9_999)))
                        .deletes())
                .extracting(Delete::name)
                .containsExactly("a");
    }

    @Test
    void replicaThatLeavesEveryNodeIsDeletedWithTheCause() {
        List<Place> places = List.of(new Place("n1", true, true), new Place("n2", false, true));

        assertThat(Planner.plan(input(
                                everyNode(),
                                places,
                                on(up("a"), "n1"),
                                createdAt(on(up("b"), "n1"), NOW),
                                on(up("c"), "n2"),
                                gone(on(up("d"), "n3")),
                                unscheduled("e")))
                        .deletes())
                .containsExactlyInAnyOrder(
                        new Delete("b", "its node has another replica"),
                        new Delete("c", "its node no longer matches the set"),
                        new Delete("d", "its node no longer exists"),
                        new Delete("e", "it has no node"));
    }

    @Test
    void replicaThatIsBeingDeletedKeepsItsNodeAndItsName() {
        List<Place> nodes = nodes("n1", "n2");

        assertThat(Planner.plan(input(everyNode(), nodes("n1"), terminating(on(up("a"), "n1"))))
                        .creates())
                .isEmpty();
        assertThat(Planner.plan(input(everyNode(), nodes, on(up("chat-n2"), "n1")))
                        .creates())
                .isEmpty();
        assertThat(Planner.plan(input(everyNode(), nodes, terminating(on(up("chat-n2"), "n1"))))
                        .creates())
                .isEmpty();
    }

    @Test
    void rolloutToEveryNodeWaitsForReplicasThatAreNotUp() {
        assertThat(Planner.plan(input(
                                everyNode(),
                                nodes("n1", "n2", "n3"),
                                on(old("a"), "n1"),
                                on(outdated(reloading(up("b"))), "n2"),
                                on(outdated(reloading(up("c"))), "n3")))
                        .updates())
                .isEmpty();
    }

    @Test
    void lostNodeDoesNotBlockTheRolloutOfTheOthers() {
        assertThat(Planner.plan(input(
                                everyNode(),
                                nodes("n1", "n2", "n3"),
                                on(old("a"), "n1"),
                                on(old("b"), "n2"),
                                lost(on(old("c"), "n3"), 100)))
                        .updates())
                .containsExactly("a");
    }

    private static List<String> deleted(Goal goal, Replica... replicas) {
        Plan plan = Planner.plan(input(goal, replicas));
        assertThat(plan.creates()).isEmpty();
        return plan.deletes().stream().map(Delete::name).toList();
    }

    private static List<String> updated(Goal goal, Replica... replicas) {
        Plan plan = Planner.plan(input(goal, replicas));
        assertThat(plan.deletes()).isEmpty();
        return plan.updates();
    }
}
