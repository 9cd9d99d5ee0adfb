package dev.lmstudiooperator.campaign;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One run of a scenario. Its text form can be passed back to run it alone.
 *
 * @param seed the seed that the faults were drawn with; 0 if they were enumerated
 */
record Plan(Scenario scenario, List<Strike> strikes, long seed) {

    private static final String NOTHING = "none";

    static Plan undisturbed(Scenario scenario) {
        return new Plan(scenario, List.of(), 0);
    }

    static Plan of(Scenario scenario, Disturbance disturbance, int at) {
        return new Plan(scenario, List.of(new Strike(disturbance, at)), 0);
    }

    /** Parses {@code scenario=create faults=crash-before-write@2+reset@5 seed=7}. */
    static Plan parse(String line) {
        Map<String, String> fields = Arrays.stream(line.strip().split(" +"))
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(field -> field[0], field -> field[1]));
        String faults = fields.getOrDefault("faults", NOTHING);
        return new Plan(
                Scenario.of(fields.getOrDefault("scenario", "")),
                faults.equals(NOTHING)
                        ? List.of()
                        : Arrays.stream(faults.split("\\+")).map(Strike::of).toList(),
                Long.parseLong(fields.getOrDefault("seed", "0")));
    }

    /** The same plan for a run with these numbers of points. A fault that would come too late moves to the last point. */
    Plan within(Outcome.Counts counts) {
        List<Strike> possible = new ArrayList<>();
        for (Strike strike : strikes) {
            Disturbance disturbance = strike.disturbance();
            Strike early = new Strike(disturbance, Math.min(strike.at(), counts.of(disturbance.point())));
            while (possible.stream().anyMatch(early::isAtThePointOf)) {
                early = new Strike(disturbance, early.at() - 1);
            }
            possible.add(early);
        }
        return new Plan(scenario, List.copyOf(possible), seed);
    }

    boolean strikes(Disturbance.Point point) {
        return strikes.stream().anyMatch(strike -> strike.disturbance().point() == point);
    }

    String faults() {
        return strikes.isEmpty()
                ? NOTHING
                : strikes.stream().map(Strike::toString).collect(Collectors.joining("+"));
    }

    @Override
    public String toString() {
        return "scenario=%s faults=%s seed=%d".formatted(scenario.text(), faults(), seed);
    }
}
