package dev.lmstudiooperator.benchmark;

/** How much is measured: everything, or, with {@code -Dbenchmark.quick=true}, what fits into some minutes. */
public final class Extent {

    private static final boolean IS_QUICK = Boolean.getBoolean("benchmark.quick");

    private Extent() {}

    /** How often, or how many. */
    public static int number(int quick, int full) {
        return IS_QUICK ? quick : full;
    }
}
