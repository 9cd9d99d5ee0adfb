package dev.lmstudiooperator.campaign;

import java.time.Duration;
import java.util.List;

/**
 * What a plan came to.
 *
 * @param struck how many of its strikes found their point
 * @param counts how much there was to strike
 * @param explanation for a person, when something was wrong
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

    /** How many side effects and events there were. */
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

    /** Nothing went wrong, and not everything that was to go wrong did: it shows nothing. */
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

    /** What to print of a failure. */
    String story() {
        return "%s: %s%n%s".formatted(plan, word(), explanation);
    }
}
