package dev.lmstudiooperator.operator;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The metrics of an agent at one time, as a scrape returns them. */
record ScrapedMetrics(List<String> lines) {

    private static final String RECONCILES =
            "reconciliations_execution_duration_seconds_bucket{controller_name=\"agent\"";
    private static final Pattern BOUND = Pattern.compile("le=\"([^\"]*)\"");

    static ScrapedMetrics of(OperatorProcess agent) {
        return new ScrapedMetrics(agent.get("/q/metrics").lines().toList());
    }

    /** Returns the sum of all samples whose line has this beginning and this label. */
    double sum(String begin, String label) {
        return samples(begin)
                .filter(line -> line.contains(label))
                .mapToDouble(ScrapedMetrics::value)
                .sum();
    }

    /** Returns the times since the start of the agent. */
    ReconcileTimes reconciles() {
        Map<Double, Double> counts = new HashMap<>();
        samples(RECONCILES).forEach(line -> BOUND.matcher(line)
                .results()
                .map(bound -> bound.group(1))
                .map(bound -> bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound))
                .forEach(seconds -> counts.merge(seconds, value(line), Double::sum)));
        return ReconcileTimes.of(counts);
    }

    private Stream<String> samples(String begin) {
        return lines.stream().filter(line -> line.startsWith(begin));
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}
