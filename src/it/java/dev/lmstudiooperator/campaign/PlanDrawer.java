package dev.lmstudiooperator.campaign;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Draws plans for a scenario from the counts of its undisturbed run. The same seed gives the same plans. */
final class PlanDrawer {

    private final Scenario scenario;
    private final Outcome.Counts counts;

    PlanDrawer(Outcome undisturbed) {
        this.scenario = undisturbed.plan().scenario();
        this.counts = undisturbed.counts();
    }

    /** Returns plans for each fault of the list, at different points that the seed chooses. */
    Stream<Plan> someOfEach(List<Disturbance> disturbances, long seed, int ofEach) {
        Random random = randomOf(seed);
        return disturbances.stream().filter(this::isPossible).flatMap(disturbance -> random.ints(
                        1, counts.of(disturbance.point()) + 1)
                .distinct()
                .limit(Math.min(ofEach, counts.of(disturbance.point())))
                .boxed()
                .map(at -> Plan.of(scenario, disturbance, at)));
    }

    /** Returns this number of plans, each for a different fault of the list. */
    Stream<Plan> some(List<Disturbance> disturbances, long seed, int number) {
        List<Disturbance> shuffled = new ArrayList<>(disturbances);
        Collections.shuffle(shuffled, randomOf(seed));
        return someOfEach(shuffled, seed, 1).limit(number);
    }

    /** Returns this number of plans with two faults; each carries the seed that draws it. */
    Stream<Plan> pairs(long firstSeed, int number) {
        return IntStream.range(0, number).mapToObj(i -> pair(firstSeed + i));
    }

    private Plan pair(long seed) {
        Random random = randomOf(seed);
        List<Disturbance> possible =
                Arrays.stream(Disturbance.values()).filter(this::isPossible).toList();
        Strike first = strike(possible, random);
        Strike second = Stream.generate(() -> strike(possible, random))
                .filter(strike -> strike.disturbance() != first.disturbance() && !strike.isAtThePointOf(first))
                .findFirst()
                .orElseThrow();
        return new Plan(scenario, List.of(first, second), seed);
    }

    private Strike strike(List<Disturbance> possible, Random random) {
        Disturbance disturbance = possible.get(random.nextInt(possible.size()));
        return new Strike(disturbance, 1 + random.nextInt(counts.of(disturbance.point())));
    }

    private Random randomOf(long seed) {
        return new Random(seed * 31 + scenario.text().hashCode());
    }

    private boolean isPossible(Disturbance disturbance) {
        return counts.of(disturbance.point()) > 0;
    }
}
