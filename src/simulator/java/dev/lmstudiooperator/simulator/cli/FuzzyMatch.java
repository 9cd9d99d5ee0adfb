package dev.lmstudiooperator.simulator.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The model search of {@code load}: the key must contain the letters of the query in order, with any text between them.
 * In a contiguous run, the n-th letter scores one more than twice the previous letter, so that long runs win. A key
 * that equals the query scores highest. Equal scores keep the order of the list.
 */
final class FuzzyMatch {

    private record Scored<T>(T item, double score) {}

    private FuzzyMatch() {}

    /** Returns the matching items, best first. */
    static <T> List<T> rank(String query, List<T> items, Function<T, String> key) {
        var matches = new ArrayList<Scored<T>>();
        for (T item : items) {
            var score = score(query, key.apply(item));
            if (score.isPresent()) {
                matches.add(new Scored<>(item, score.getAsDouble()));
            }
        }
        matches.sort(
                Comparator.comparingDouble((Scored<T> match) -> match.score()).reversed());
        return matches.stream().map(Scored::item).toList();
    }

    /** Returns an empty result if the key does not match. */
    static OptionalDouble score(String query, String key) {
        var wanted = query.toLowerCase(Locale.ROOT);
        var letters = key.toLowerCase(Locale.ROOT);
        if (wanted.equals(letters)) {
            return OptionalDouble.of(Double.POSITIVE_INFINITY);
        }
        int found = 0;
        double run = 0;
        double total = 0;
        for (int i = 0; i < letters.length(); i++) {
            boolean matches = found < wanted.length() && letters.charAt(i) == wanted.charAt(found);
            run = matches ? 2 * run + 1 : 0;
            found += matches ? 1 : 0;
            total += run;
        }
        return found == wanted.length() ? OptionalDouble.of(total) : OptionalDouble.empty();
    }
}
