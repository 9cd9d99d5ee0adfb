package dev.lmstudiooperator.operator;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The duration of reconciliations.
 *
 * @param counts the cumulative number of reconciliations per upper bound in seconds; the last bound is infinite
 */
record ReconcileTimes(SortedMap<Double, Double> counts) {

    ReconcileTimes {
        if (counts.isEmpty() || counts.lastEntry().getValue() <= 0) {
            throw new IllegalStateException("No reconciliations were counted");
        }
    }

    static ReconcileTimes of(Map<Double, Double> counts) {
        return new ReconcileTimes(new TreeMap<>(counts));
    }

    /** Returns the reconciliations that ended after the earlier scrape. */
    ReconcileTimes since(ReconcileTimes earlier) {
        Map<Double, Double> later = new HashMap<>(counts);
        earlier.counts().forEach((bound, count) -> later.merge(bound, -count, Double::sum));
        return of(later);
    }

    /** Returns the duration of this quantile, with linear interpolation within a bucket. */
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
