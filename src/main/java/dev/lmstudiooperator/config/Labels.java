package dev.lmstudiooperator.config;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Validates node labels. The API server would refuse every write with an invalid label. */
final class Labels {

    private static final int LONGEST_NAME = 63;
    private static final int LONGEST_PREFIX = 253;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
    private static final Pattern PREFIX =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private Labels() {}

    /** Returns one sentence per invalid key or value. */
    static Stream<String> objections(String property, Map<String, String> labels) {
        return labels.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(label -> Stream.concat(
                        isKey(label.getKey())
                                ? Stream.empty()
                                : Stream.of(
                                        "%s has the key \"%s\"; allowed is a label's key, such as gpu or example.com/gpu: at most 63 letters, digits, '-', '_' and '.' after the prefix, with a letter or digit at both ends"
                                                .formatted(property, ConfigValidator.readable(label.getKey()))),
                        label.getValue().isEmpty() || isName(label.getValue())
                                ? Stream.empty()
                                : Stream.of(
                                        "%s.%s is \"%s\"; allowed is a label's value, such as rtx-4090: at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends"
                                                .formatted(
                                                        property,
                                                        ConfigValidator.readable(label.getKey()),
                                                        ConfigValidator.readable(label.getValue())))));
    }

    private static boolean isKey(String key) {
        int slash = key.indexOf('/');
        String prefix = key.substring(0, Math.max(slash, 0));
        boolean isPrefix =
                prefix.length() <= LONGEST_PREFIX && PREFIX.matcher(prefix).matches();
        return isName(key.substring(slash + 1)) && (slash < 0 || isPrefix);
    }

    private static boolean isName(String name) {
        return name.length() <= LONGEST_NAME && NAME.matcher(name).matches();
    }
}
