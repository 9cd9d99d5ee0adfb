package dev.lmstudiooperator.operator;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What an agent tells of itself at one moment, to whoever scrapes it. */
record ScrapedMetrics(List<String> lines) {

    private static final String RECONCILES =
            "reconciliations_execution_duration_seconds_bucket{controller_name=\"agent\"";
    private static final Pattern BOUND = Pattern.compile("le=\"(\\d[^\"]*)\"");

    static ScrapedMetrics of(OperatorProcess agent) {
        return new ScrapedMetrics(agent.get("/q/metrics").lines().toList());
    }

    /** Of all samples whose line begins and goes on like this. */
    double sum(String begin, String label) {
        return samples(begin)
                .filter(line -> line.contains(label))
                .mapToDouble(ScrapedMetrics::value)
                .sum();
    }

    /** How long that share of the reconciles took at most, in milliseconds: within a bucket they are taken to be spread evenly. */
    double reconcileMillis(double share) {
        Map<Double, Double> counts = new TreeMap<>();
        samples(RECONCILES).forEach(line -> BOUND.matcher(line)
                .results()
                .map(bound -> Double.valueOf(bound.group(1)))
                .forEach(seconds -> counts.merge(seconds, value(line), Double::sum)));
        double rank = share * sum("reconciliations_execution_duration_seconds_count", "controller_name=\"agent\"");
        double lower = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : counts.entrySet()) {
            if (bucket.getValue() >= rank) {
                return 1000 * (lower + (bucket.getKey() - lower) * (rank - below) / (bucket.getValue() - below));
            }
            lower = bucket.getKey();
            below = bucket.getValue();
        }
        return Double.POSITIVE_INFINITY;
    }

    private Stream<String> samples(String begin) {
        return lines.stream().filter(line -> line.startsWith(begin));
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}
