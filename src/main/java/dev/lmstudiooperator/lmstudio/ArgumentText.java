package dev.lmstudiooperator.lmstudio;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Checks whether a text is safe as a separate argument on the command line of {@code lms}.
 *
 * <p>{@code lms} could take other texts for an option, or ignore them. {@code -v} anywhere prints a version and exits
 * 0, and an empty key loads an arbitrary model.
 */
public final class ArgumentText {

    private static final int MAX_LENGTH = 512;

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private ArgumentText() {}

    public static boolean isUsable(String text) {
        return brokenRule(text).isEmpty();
    }

    /**
     * Returns the rule that the text violates, as a completion of the sentence "it must …". Empty if the text is
     * usable.
     */
    public static Optional<String> brokenRule(String text) {
        if (text.isBlank()) {
            return Optional.of("not be empty");
        }
        if (text.length() > MAX_LENGTH) {
            return Optional.of("have at most " + MAX_LENGTH + " characters");
        }
        if (text.startsWith("-")) {
            return Optional.of("not begin with '-', which would make it an option");
        }
        return UNPRINTABLE.matcher(text).find() || !text.equals(text.strip())
                ? Optional.of("have no control characters, and no blanks around it")
                : Optional.empty();
    }
}
