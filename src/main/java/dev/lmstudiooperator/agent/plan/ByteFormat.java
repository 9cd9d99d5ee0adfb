package dev.lmstudiooperator.agent.plan;

import java.util.Locale;

/** Formats model sizes in a human-readable form. */
public final class ByteFormat {

    private static final double GIGABYTE = 1e9;

    private ByteFormat() {}

    public static String text(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / GIGABYTE);
    }
}
