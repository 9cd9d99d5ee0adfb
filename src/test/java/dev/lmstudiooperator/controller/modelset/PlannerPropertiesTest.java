package dev.lmstudiooperator.controller.modelset;

import static dev.lmstudiooperator.controller.modelset.Sets.everyNode;
import static dev.lmstudiooperator.controller.modelset.Sets.goal;
import static dev.lmstudiooperator.controller.modelset.Sets.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** Tests properties that hold whatever users, machines and agents do, and in any order. */
@PropertyDefaults(tries = 1_000)
class PlannerPropertiesTest {

    /** One thing that happens in a cluster. */
    record Happening(String name, Consumer<SetWorld> effect) {

        @Override
        public String toString() {
            return name;
        }
    }

    @Property
    void rolloutNeverTakesDownMoreThanMaxUnavailable(
            @ForAll("sizes") Goal goal,
            @ForAll @IntRange(max = 3) int spareNodes,
            @ForAll("rolloutHappenings") List<Happening> happenings) {
        SetWorld world = new SetWorld(goal, goal.replicas() + spareNodes);
        world.settle();
        int least = goal.replicas() - goal.unavailableOf(goal.replicas());

        for (Happening happening : happenings) {
            happening.effect().accept(world);
            world.reconcile();

            assertThat(world.serving()).as("%s: %s", happening, world).isGreaterThanOrEqualTo(least);
        }
    }

    @Property
    void noPlanTakesDownAReplicaThatIsNeeded(
            @ForAll("sizes") Goal goal,
            @ForAll @IntRange(min = 1, max = 8) int nodes,
            @ForAll("happenings") List<Happening> happenings) {
        SetWorld world = new SetWorld(goal, nodes);

        for (Happening happening : happenings) {
            happening.effect().accept(world);
            SetInput input = world.input();
            int desired = Scaling.decide(input).desired();
            int up = up(input);
            Plan plan = Planner.plan(input);
            long taken = input.active().stream()
                    .filter(input::isUp)
                    .filter(replica -> plan.updates().contains(replica.name())
                            || plan.deletes().stream()
                                    .anyMatch(delete -> delete.name().equals(replica.name())))
                    .count();
            world.reconcile();

            int lost = input.goal().isEveryNode()
                    ? (int) input.active().stream()
                            .filter(replica -> replica.home() == Replica.Home.LOST)
                            .count()
                    : 0;
            int least = desired - lost - input.goal().unavailableOf(desired);
            assertThat(up - taken).as("%s: %s %s", happening, input, plan).isGreaterThanOrEqualTo(Math.min(up, least));
        }
    }

    @Property
    void afterAnythingTheSetHasItsReplicasOnDifferentNodes(
            @ForAll("sizes") Goal goal, @ForAll("happenings") List<Happening> happenings) {
        SetWorld world = new SetWorld(goal, 8);
        for (Happening happening : happenings) {
            happening.effect().accept(world);
            world.reconcile();
        }

        world.changeTemplate(true, true);
        world.settle();

        assertThat(world.isComplete()).as(world.toString()).isTrue();
        assertThat(world.nodesOfReplicas())
                .hasSize(Scaling.decide(world.input()).desired())
                .doesNotHaveDuplicates();
    }

    @Property
    void settledSetWritesNothing(@ForAll("sizes") Goal goal, @ForAll("happenings") List<Happening> happenings) {
        SetWorld world = new SetWorld(goal, 8);
        for (Happening happening : happenings) {
            happening.effect().accept(world);
            world.reconcile();
        }
        world.changeTemplate(true, true);
        world.settle();
        int writes = world.writes();

        for (int round = 0; round < 20; round++) {
            world.pass(100);
            world.step(round);
            assertThat(world.reconcile().isAtRest()).isTrue();
        }

        assertThat(world.writes()).isEqualTo(writes);
    }

    @Property
    void rolloutWritesOncePerReplicaAndSurge(@ForAll("sizes") Goal goal, @ForAll boolean isPatchable) {
        SetWorld world = new SetWorld(goal, goal.isEveryNode() ? 5 : goal.replicas() + 3);
        world.settle();
        int before = world.writes();
        int desired = Scaling.decide(world.input()).desired();

        world.changeTemplate(true, isPatchable);
        world.settle();

        int perReplica = isPatchable ? 1 : 2;
        assertThat(world.isComplete()).isTrue();
        assertThat(world.writes() - before).isLessThanOrEqualTo(desired * perReplica + 2 * goal.surgeOf(desired));
    }

    @Property
    void everyNodeNeverHasTwo(@ForAll("happenings") List<Happening> happenings) {
        SetWorld world = new SetWorld(everyNode(), 5);

        for (Happening happening : happenings) {
            happening.effect().accept(world);
            world.reconcile();

            assertThat(world.nodesOfReplicas()).as(world.toString()).doesNotHaveDuplicates();
        }
    }

    private static int up(SetInput input) {
        return (int) input.active().stream().filter(input::isUp).count();
    }

    @Provide
    Arbitrary<Goal> sizes() {
        return Arbitraries.of(
                goal(0),
                goal(1),
                goal(3),
                with(goal(5), "2", "0"),
                with(goal(5), "0", "1"),
                with(goal(4), "1", "2"),
                with(goal(3), "25%", "25%"),
                with(goal(5), "100%", "0"));
    }

    /** Users change only the template, and machines work. */
    @Provide
    Arbitrary<List<Happening>> rolloutHappenings() {
        return Arbitraries.frequencyOf(
                        Tuple.of(12, steps()),
                        Tuple.of(1, templates()),
                        Tuple.of(1, Arbitraries.of(new Happening("wait", world -> world.pass(700)))))
                .list()
                .ofMaxSize(80);
    }

    @Provide
    Arbitrary<List<Happening>> happenings() {
        return Arbitraries.frequencyOf(
                        Tuple.of(10, steps()),
                        Tuple.of(1, templates()),
                        Tuple.of(
                                2,
                                Arbitraries.integers()
                                        .between(0, 7)
                                        .map(index -> new Happening("lose n" + index, world -> world.loseNode(index)))),
                        Tuple.of(1, Arbitraries.of(new Happening("nodes return", SetWorld::returnNodes))),
                        Tuple.of(
                                1,
                                Arbitraries.integers()
                                        .between(0, 7)
                                        .map(index -> new Happening("evict " + index, world -> world.evict(index)))),
                        Tuple.of(
                                1,
                                Arbitraries.integers()
                                        .between(0, 6)
                                        .map(number ->
                                                new Happening("scale to " + number, world -> world.scale(number)))),
                        Tuple.of(2, Arbitraries.of(new Happening("wait", world -> world.pass(200)))))
                .list()
                .ofMaxSize(80);
    }

    private static Arbitrary<Happening> steps() {
        return Arbitraries.integers()
                .between(0, 9)
                .map(index -> new Happening("step " + index, world -> world.step(index)));
    }

    private static Arbitrary<Happening> templates() {
        return Arbitraries.of(
                new Happening("good template", world -> world.changeTemplate(true, true)),
                new Happening("bad template", world -> world.changeTemplate(false, true)),
                new Happening("good replacement", world -> world.changeTemplate(true, false)),
                new Happening("bad replacement", world -> world.changeTemplate(false, false)));
    }
}
