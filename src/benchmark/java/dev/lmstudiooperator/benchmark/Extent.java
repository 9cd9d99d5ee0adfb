package dev.lmstudiooperator.benchmark;

import java.util.List;

/** How much is measured: everything, or, with {@code -Dbenchmark.quick=true}, what fits into some minutes. */
public final class Extent {

    private static final boolean IS_QUICK = Boolean.getBoolean("benchmark.quick");

    private Extent() {}

    /** How often, or how many. */
    public static int number(int quick, int full) {
        return IS_QUICK ? quick : full;
    }

    /** The same for a list of them. */
    public static List<Integer> numbers(List<Integer> quick, List<Integer> full) {
        return IS_QUICK ? quick : full;
    }
}
