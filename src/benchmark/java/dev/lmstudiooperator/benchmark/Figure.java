package dev.lmstudiooperator.benchmark;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was measured.
 *
 * @param runs what each run came to; never empty
 * @param floor what it is compared with, measured in the same run: the same work without us; null where there is none
 * @param target what its median is to be; null where it only informs
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

    /** The value below which that share of the sample lies, as a figure of one run. */
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

    /** Of an even number, what lies between the two in the middle. */
    public double median() {
        return (runs.get((runs.size() - 1) / 2) + runs.get(runs.size() / 2)) / 2;
    }

    double min() {
        return runs.getFirst();
    }

    double max() {
        return runs.getLast();
    }

    /** Null where there is no target. */
    public @Nullable Boolean isMet() {
        return target == null ? null : target.isMetBy(median());
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.round(share * (sorted.size() - 1)));
    }
}
