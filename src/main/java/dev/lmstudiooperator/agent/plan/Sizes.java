package dev.lmstudiooperator.agent.plan;

import java.util.Locale;

/** Sizes of models, as people say them. */
public final class Sizes {

    private static final double GIGABYTE = 1e9;

    private Sizes() {}

    public static String text(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / GIGABYTE);
    }
}
