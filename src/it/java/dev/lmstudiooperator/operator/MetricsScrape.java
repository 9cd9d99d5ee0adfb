package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The metrics of one operator process, as a scrape returns them.
 *
 * @param types metric types by name
 */
record MetricsScrape(List<Sample> samples, Map<String, String> types) {

    private static final Pattern SAMPLE = Pattern.compile("(lms_\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern TYPE = Pattern.compile("# TYPE (lms_\\w+) (\\w+)");

    /** One line of the response. */
    record Sample(String name, Map<String, String> labels, double value) {

        String label(String label) {
            return labels.getOrDefault(label, "");
        }

        private static Sample of(MatchResult line) {
            Stream<MatchResult> labels = line.group(2) == null
                    ? Stream.empty()
                    : LABEL.matcher(line.group(2)).results();
            return new Sample(
                    line.group(1),
                    labels.collect(Collectors.toMap(label -> label.group(1), label -> label.group(2))),
                    Double.parseDouble(line.group(3)));
        }
    }

    static MetricsScrape of(OperatorProcess operator) {
        String answer = operator.get("/q/metrics");
        assertThat(answer).startsWith("200 ");
        List<String> lines = answer.substring("200 ".length()).lines().toList();
        return new MetricsScrape(
                lines.stream()
                        .map(SAMPLE::matcher)
                        .filter(Matcher::matches)
                        .map(Sample::of)
                        .toList(),
                lines.stream()
                        .map(TYPE::matcher)
                        .filter(Matcher::matches)
                        .collect(Collectors.toMap(type -> type.group(1), type -> type.group(2))));
    }

    /** The samples of one series, or of all series with these labels. Each label has the form {@code name=value}. */
    List<Sample> of(String name, String... labels) {
        Set<Map.Entry<String, String>> wanted = Arrays.stream(labels)
                .map(label -> label.split("=", 2))
                .map(label -> Map.entry(label[0], label[1]))
                .collect(Collectors.toSet());
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> sample.labels().entrySet().containsAll(wanted))
                .toList();
    }

    /** The value of the only series with these labels; empty if there is none. */
    OptionalDouble value(String name, String... labels) {
        List<Sample> found = of(name, labels);
        assertThat(found).hasSizeLessThanOrEqualTo(1);
        return found.stream().mapToDouble(Sample::value).findFirst();
    }

    /** Whether the only series with these labels has this value. */
    boolean has(double value, String name, String... labels) {
        OptionalDouble found = value(name, labels);
        return found.isPresent() && found.getAsDouble() == value;
    }
}
