package dev.lmstudiooperator.controller.endpointslice;

import io.fabric8.kubernetes.api.model.Service;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Selects the ManagedModels whose labels have all of these values, as the selector of a Service selects Pods.
 *
 * @param labels at least one label
 */
record ModelSelector(Map<String, String> labels) {

    /** Annotation of a Service that selects the ManagedModels of its namespace. */
    static final String ANNOTATION = "lmstudio-operator.dev/model-selector";

    private static final Pattern REQUIREMENT = Pattern.compile("([^=!<>()\\s]+)\\s*==?\\s*([^=!<>()\\s]*)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern PREFIX = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    /** Parses {@code key=value,…}; empty if the text is not such a list. */
    static Optional<ModelSelector> parse(String text) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            var matcher = REQUIREMENT.matcher(part.strip());
            if (!matcher.matches() || !isKey(matcher.group(1)) || !isValue(matcher.group(2))) {
                return Optional.empty();
            }
            String before = labels.putIfAbsent(matcher.group(1), matcher.group(2));
            if (before != null && !before.equals(matcher.group(2))) {
                return Optional.empty();
            }
        }
        return Optional.of(new ModelSelector(Map.copyOf(labels)));
    }

    /** The selector in the annotation of a Service; empty without a valid one. */
    static Optional<ModelSelector> of(Service service) {
        return text(service.getMetadata().getAnnotations()).flatMap(ModelSelector::parse);
    }

    /** The text of the annotation; empty if there is none. */
    static Optional<String> text(@Nullable Map<String, String> annotations) {
        return Optional.ofNullable(annotations).map(all -> all.get(ANNOTATION));
    }

    /** @param given labels of an object; null if it has none */
    boolean matches(@Nullable Map<String, String> given) {
        return given != null && given.entrySet().containsAll(labels.entrySet());
    }

    private static boolean isKey(String key) {
        int slash = key.indexOf('/');
        return slash < 0
                ? NAME.matcher(key).matches()
                : PREFIX.matcher(key.substring(0, slash)).matches()
                        && NAME.matcher(key.substring(slash + 1)).matches();
    }

    private static boolean isValue(String value) {
        return value.isEmpty() || NAME.matcher(value).matches();
    }
}
