package dev.lmstudiooperator.faultinjection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Generates plans for a scenario from the counts of its baseline run. The same seed results in the same plans. */
final class PlanGenerator {

    private final Scenario scenario;
    private final Outcome.Counts counts;

    PlanGenerator(Outcome baseline) {
        this.scenario = baseline.plan().scenario();
        this.counts = baseline.counts();
    }

    /** Returns plans for each type of the list, at different points that the seed determines. */
    Stream<Plan> someOfEach(List<FaultType> types, long seed, int pointsPerType) {
        Random random = randomOf(seed);
        return types.stream().filter(this::isPossible).flatMap(type -> random.ints(1, counts.of(type.point()) + 1)
                .distinct()
                .limit(Math.min(pointsPerType, counts.of(type.point())))
                .boxed()
                .map(at -> Plan.of(scenario, type, at)));
    }

    /** Returns this number of plans, each for a different type of the list. */
    Stream<Plan> some(List<FaultType> types, long seed, int number) {
        List<FaultType> shuffled = new ArrayList<>(types);
        shuffled.retainAll(scenario.faultTypes());
        Collections.shuffle(shuffled, randomOf(seed));
        return someOfEach(shuffled, seed, 1).limit(number);
    }

    /** Returns this number of plans with two faults. Each contains the seed that generates it. */
    Stream<Plan> pairs(long firstSeed, int number) {
        return IntStream.range(0, number).mapToObj(i -> pair(firstSeed + i));
    }

    private Plan pair(long seed) {
        Random random = randomOf(seed);
        List<FaultType> possible =
                scenario.faultTypes().stream().filter(this::isPossible).toList();
        FaultInjection first = injection(possible, random);
        FaultInjection second = Stream.generate(() -> injection(possible, random))
                .filter(injection -> injection.type() != first.type() && !injection.hasSamePointAs(first))
                .findFirst()
                .orElseThrow();
        return new Plan(scenario, List.of(first, second), seed);
    }

    private FaultInjection injection(List<FaultType> possible, Random random) {
        FaultType type = possible.get(random.nextInt(possible.size()));
        return new FaultInjection(type, 1 + random.nextInt(counts.of(type.point())));
    }

    private Random randomOf(long seed) {
        return new Random(seed * 31 + scenario.text().hashCode());
    }

    private boolean isPossible(FaultType type) {
        return scenario.faultTypes().contains(type) && counts.of(type.point()) > 0;
    }
}
