package dev.lmstudiooperator.faultinjection;

import java.time.Duration;
import java.util.List;

/**
 * The outcome of a plan.
 *
 * @param injected number of planned faults that were injected
 * @param counts number of points at which a fault could be injected
 * @param explanation human-readable description of a failure
 */
record Outcome(
        Plan plan,
        Duration duration,
        int injected,
        Counts counts,
        String end,
        boolean hasConverged,
        List<String> violations,
        String explanation) {

    /** Number of writes, calls of {@code lms} and watch events. */
    record Counts(int writes, int calls, int events) {

        int of(FaultType.Point point) {
            return switch (point) {
                case WRITE -> writes;
                case CALL -> calls;
                case EVENT -> events;
            };
        }
    }

    boolean isGood() {
        return result().equals("converged");
    }

    /** Whether the run passed, but not every planned fault was injected. Such a run is not conclusive. */
    boolean isMissed() {
        return result().equals("missed");
    }

    String result() {
        if (!violations.isEmpty()) {
            return "violated";
        }
        if (!hasConverged) {
            return "diverged";
        }
        return injected < plan.injections().size() ? "missed" : "converged";
    }

    /** The text to print for a failure. */
    String description() {
        return "%s: %s%n%s".formatted(plan, result(), explanation);
    }
}
