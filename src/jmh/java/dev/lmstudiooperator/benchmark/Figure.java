package dev.lmstudiooperator.benchmark;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One measured figure.
 *
 * @param runs the result of each run; never empty
 * @param floor the same work without the operator, measured in the same run; null if there is none
 * @param target the target of the median; null for an informational figure
 */
public record Figure(
        String name,
        String unit,
        List<Double> runs,
        @Nullable Double floor,
        @Nullable Target target) {

    public Figure {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("Nothing was measured: " + name);
        }
        runs = runs.stream().sorted().toList();
    }

    public static Figure of(String name, String unit, List<Double> runs) {
        return new Figure(name, unit, runs, null, null);
    }

    public static Figure of(String name, String unit, double value) {
        return of(name, unit, List.of(value));
    }

    public static Figure of(String name, String unit, long count) {
        return of(name, unit, (double) count);
    }

    /** Returns a figure of one run with this percentile of the sample. */
    public static Figure percentile(String name, String unit, List<Double> sample, double share) {
        return of(
                "%s, p%d".formatted(name, Math.round(100 * share)),
                unit,
                at(sample.stream().sorted().toList(), share));
    }

    public Figure against(double bare) {
        return new Figure(name, unit, runs, bare, target);
    }

    public Figure toBe(Target wanted) {
        return new Figure(name, unit, runs, floor, wanted);
    }

    /** Returns the median; for an even number of runs the mean of the two middle values. */
    public double median() {
        return (runs.get((runs.size() - 1) / 2) + runs.get(runs.size() / 2)) / 2;
    }

    double min() {
        return runs.getFirst();
    }

    double max() {
        return runs.getLast();
    }

    /** Returns null if there is no target. */
    public @Nullable Boolean isMet() {
        return target == null ? null : target.isMetBy(median());
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.round(share * (sorted.size() - 1)));
    }
}
