package dev.lmstudiooperator.faultinjection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One run of a scenario. Its text form can be used to run it alone.
 *
 * @param seed the seed that generated the faults; 0 if they were enumerated
 */
record Plan(Scenario scenario, List<FaultInjection> injections, long seed) {

    private static final String NO_FAULTS = "none";

    static Plan baseline(Scenario scenario) {
        return new Plan(scenario, List.of(), 0);
    }

    static Plan of(Scenario scenario, FaultType type, int at) {
        return new Plan(scenario, List.of(new FaultInjection(type, at)), 0);
    }

    /** Parses {@code scenario=create faults=crash-before-write@2+reset@5 seed=7}. */
    static Plan parse(String line) {
        Map<String, String> fields = Arrays.stream(line.strip().split(" +"))
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(field -> field[0], field -> field[1]));
        String faults = fields.getOrDefault("faults", NO_FAULTS);
        return new Plan(
                Scenario.of(fields.getOrDefault("scenario", "")),
                faults.equals(NO_FAULTS)
                        ? List.of()
                        : Arrays.stream(faults.split("\\+"))
                                .map(FaultInjection::of)
                                .toList(),
                Long.parseLong(fields.getOrDefault("seed", "0")));
    }

    /** Returns the plan for a run with these numbers of points. A fault at a later point moves to the last free point. */
    Plan within(Outcome.Counts counts) {
        List<FaultInjection> possible = new ArrayList<>();
        for (FaultInjection injection : injections) {
            FaultType type = injection.type();
            FaultInjection early = new FaultInjection(type, Math.min(injection.at(), counts.of(type.point())));
            while (possible.stream().anyMatch(early::hasSamePointAs)) {
                early = new FaultInjection(type, early.at() - 1);
            }
            possible.add(early);
        }
        return new Plan(scenario, List.copyOf(possible), seed);
    }

    boolean hasFaultAt(FaultType.Point point) {
        return injections.stream().anyMatch(injection -> injection.type().point() == point);
    }

    String faults() {
        return injections.isEmpty()
                ? NO_FAULTS
                : injections.stream().map(FaultInjection::toString).collect(Collectors.joining("+"));
    }

    @Override
    public String toString() {
        return "scenario=%s faults=%s seed=%d".formatted(scenario.text(), faults(), seed);
    }
}
