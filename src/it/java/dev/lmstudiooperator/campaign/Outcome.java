package dev.lmstudiooperator.campaign;

import java.time.Duration;
import java.util.List;

/**
 * The outcome of a plan.
 *
 * @param struck number of planned faults that were injected
 * @param counts number of points at which a fault could be injected
 * @param explanation human-readable description of a failure
 */
record Outcome(
        Plan plan,
        Duration duration,
        int struck,
        Counts counts,
        String end,
        boolean hasConverged,
        List<String> violations,
        String explanation) {

    /** Number of writes, calls of {@code lms} and watch events. */
    record Counts(int writes, int calls, int events) {

        int of(Disturbance.Point point) {
            return switch (point) {
                case WRITE -> writes;
                case CALL -> calls;
                case EVENT -> events;
            };
        }
    }

    boolean isGood() {
        return word().equals("converged");
    }

    /** The run passed, but not every planned fault was injected. Such a run is not conclusive. */
    boolean isMissed() {
        return word().equals("missed");
    }

    String word() {
        if (!violations.isEmpty()) {
            return "violated";
        }
        if (!hasConverged) {
            return "diverged";
        }
        return struck < plan.strikes().size() ? "missed" : "converged";
    }

    /** The text to print for a failure. */
    String story() {
        return "%s: %s%n%s".formatted(plan, word(), explanation);
    }
}
