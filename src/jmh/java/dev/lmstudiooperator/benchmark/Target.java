package dev.lmstudiooperator.benchmark;

import java.util.Locale;

/**
 * The target of a figure.
 *
 * @param limit in the unit of the figure
 * @param isCeiling whether lower values are better
 * @param derivation how the limit follows from the floor; empty for an independent limit
 */
public record Target(double limit, boolean isCeiling, String derivation) {

    public static Target atMost(double limit) {
        return new Target(limit, true, "");
    }

    public static Target atLeast(double limit) {
        return new Target(limit, false, "");
    }

    /** Returns a limit of this multiple of the floor plus a constant. */
    public static Target atMostOf(double floor, double factor, double extra) {
        return new Target(
                factor * floor + extra, true, String.format(Locale.ROOT, "%s × floor + %s", text(factor), text(extra)));
    }

    boolean isMetBy(double value) {
        return isCeiling ? value <= limit : value >= limit;
    }

    @Override
    public String toString() {
        String bound = (isCeiling ? "≤ " : "≥ ") + text(limit);
        return derivation.isEmpty() ? bound : bound + " (" + derivation + ")";
    }

    static String text(double value) {
        double magnitude = Math.abs(value);
        String format = magnitude == Math.rint(magnitude)
                ? "%.0f"
                : magnitude >= 100 ? "%.0f" : magnitude >= 1 ? "%.2f" : "%.4f";
        return String.format(Locale.ROOT, format, value);
    }
}
