package dev.lmstudiooperator.agent.plan;

import static java.util.Comparator.comparingDouble;

import java.util.List;
import java.util.Locale;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** Suggests models on the node with a similar key. */
public final class ModelNameSuggestions {

    private static final int SUGGESTIONS = 3;
    private static final double MIN_SCORE = 0.7;
    private static final JaroWinklerSimilarity SCORE = new JaroWinklerSimilarity();

    private ModelNameSuggestions() {}

    /** A sentence that lists the suggestions, or how to find a model when no key is similar. */
    public static String suggestion(String wanted, List<String> keys) {
        String nearest = nearest(wanted, keys);
        return nearest.isEmpty() ? " `lms ls` lists what is there; `lms get` downloads" : nearest;
    }

    /** A sentence that lists the suggestions; empty when no key is similar. */
    public static String nearest(String wanted, List<String> keys) {
        List<String> nearest = keys.stream()
                .distinct()
                .filter(key -> score(wanted, key) >= MIN_SCORE)
                .sorted(comparingDouble((String key) -> -score(wanted, key)))
                .limit(SUGGESTIONS)
                .toList();
        return nearest.isEmpty() ? "" : " The nearest: " + String.join(", ", nearest);
    }

    private static double score(String wanted, String key) {
        return SCORE.apply(wanted.toLowerCase(Locale.ROOT), key.toLowerCase(Locale.ROOT));
    }
}
