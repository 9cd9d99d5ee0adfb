package dev.lmstudiooperator.agent.plan;

import java.util.Locale;

/** ByteFormat of models, as people say them. */
public final class ByteFormat {

    private static final double GIGABYTE = 1e9;

    private ByteFormat() {}

    public static String text(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / GIGABYTE);
    }
}
