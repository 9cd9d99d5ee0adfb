package dev.lmstudiooperator.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What was measured, as a table that people read. */
final class Figures {

    private final List<String> rows = new ArrayList<>();

    void add(String name, double value, String unit) {
        rows.add(String.format(Locale.ROOT, "| %s | %.1f | %s |", name, value, unit));
    }

    void add(String name, long count, String unit) {
        add(name, (double) count, unit);
    }

    /** Median, 99th percentile and maximum of a sample. */
    void addSpread(String name, List<Double> sample, String unit) {
        List<Double> sorted = sample.stream().sorted().toList();
        add(name + ", p50", at(sorted, 0.5), unit);
        add(name + ", p99", at(sorted, 0.99), unit);
        add(name + ", max", at(sorted, 1), unit);
    }

    void write(Path file, String title) {
        Stream<String> head = Stream.of("# " + title, "", "| figure | value | unit |", "|---|---|---|");
        List<String> lines = Stream.concat(head, rows.stream()).toList();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lines.forEach(System.out::println);
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * (sorted.size() - 1))));
    }
}
