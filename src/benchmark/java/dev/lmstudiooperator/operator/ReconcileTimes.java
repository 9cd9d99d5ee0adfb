package dev.lmstudiooperator.operator;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long reconciles took.
 *
 * @param counts how many took at most so many seconds; the last bound is infinite
 */
record ReconcileTimes(SortedMap<Double, Double> counts) {

    ReconcileTimes {
        if (counts.isEmpty() || counts.lastEntry().getValue() <= 0) {
            throw new IllegalStateException("No reconcile was counted: nobody can say how long they took");
        }
    }

    static ReconcileTimes of(Map<Double, Double> counts) {
        return new ReconcileTimes(new TreeMap<>(counts));
    }

    /** Those that have ended since the others were counted. */
    ReconcileTimes since(ReconcileTimes earlier) {
        Map<Double, Double> later = new HashMap<>(counts);
        earlier.counts().forEach((bound, count) -> later.merge(bound, -count, Double::sum));
        return of(later);
    }

    /** How long that share of them took at most: within a bucket they are taken to be spread evenly. */
    double millis(double share) {
        double rank = share * counts.lastEntry().getValue();
        double lower = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : counts.entrySet()) {
            if (bucket.getValue() >= rank) {
                return 1000 * (lower + (bucket.getKey() - lower) * (rank - below) / (bucket.getValue() - below));
            }
            lower = bucket.getKey();
            below = bucket.getValue();
        }
        throw new IllegalStateException("The last bound is not infinite");
    }
}
