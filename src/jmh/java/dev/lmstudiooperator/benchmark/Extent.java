package dev.lmstudiooperator.benchmark;

import java.util.List;

/**
 * The extent of a measurement: everything, or with {@code -Dbenchmark.quick=true} the part that takes a few minutes.
 */
public final class Extent {

    private static final boolean IS_QUICK = Boolean.getBoolean("benchmark.quick");

    private Extent() {}

    /** Returns the number of repetitions or objects. */
    public static int number(int quick, int full) {
        return IS_QUICK ? quick : full;
    }

    /** Returns a list of numbers. */
    public static List<Integer> numbers(List<Integer> quick, List<Integer> full) {
        return IS_QUICK ? quick : full;
    }
}
