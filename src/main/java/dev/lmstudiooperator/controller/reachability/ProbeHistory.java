package dev.lmstudiooperator.controller.reachability;

import org.jspecify.annotations.Nullable;

/**
 * Decides from the probes of an address whether it is reachable. The first probe decides at once. Later, an address
 * becomes unreachable after {@link #THRESHOLD} failures in a row, and reachable after one success.
 *
 * @param isReachable null before the first probe
 * @param failures failures in a row
 */
record ProbeHistory(@Nullable Boolean isReachable, int failures) {

    static final int THRESHOLD = 3;

    static final ProbeHistory NONE = new ProbeHistory(null, 0);

    /** The history of an address that an earlier process has reached. */
    static final ProbeHistory REACHABLE = new ProbeHistory(true, 0);

    ProbeHistory with(boolean success) {
        if (success) {
            return REACHABLE;
        }
        boolean isStillReachable = Boolean.TRUE.equals(isReachable) && failures + 1 < THRESHOLD;
        return new ProbeHistory(isStillReachable, failures + 1);
    }
}
