package dev.lmstudiooperator.lmstudio;

import java.util.regex.Pattern;

/** Sanitizes text from other programs for a status, an event or a log. */
public final class TextSanitizer {

    /** The maximum length of a sanitized text, in characters. */
    public static final int MAX_LENGTH = 512;

    /** The maximum length of the input, in characters. The sanitizer ignores the rest. */
    private static final int MAX_INPUT = 64 * 1024;

    /** Escape sequences with parameters (CSI), with a string (OSC and similar), or with one character. */
    private static final Pattern ESCAPES = Pattern.compile(
            "\u001b\\[[0-?]*[ -/]*[@-~]|\u001b[\\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\\\)?|\u001b[ -/]*[0-~]?");

    private static final Pattern SPINNER = Pattern.compile("[\\u2800-\\u28ff]");
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}\\ufffd]");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern SECRETS = Pattern.compile("sk-lm-[\\w:.-]*|(?i)(?<=bearer )\\S+");

    private TextSanitizer() {}

    /** Returns the sanitized message of the exception, or its type if it has no message. */
    public static String of(Throwable exception) {
        String message = exception.getMessage();
        return message == null || message.isBlank() ? exception.getClass().getSimpleName() : clean(message);
    }

    /** Removes escape sequences and keeps everything else, including line breaks. */
    public static String withoutEscapes(String text) {
        return text.indexOf('\u001b') < 0 ? text : ESCAPES.matcher(text).replaceAll("");
    }

    /**
     * Returns one line without escape sequences, spinners, control characters and secrets, cut at {@link #MAX_LENGTH}.
     */
    public static String clean(String text) {
        return clean(text, MAX_LENGTH);
    }

    /** Returns the same line, cut at the given length. */
    public static String clean(String text, int longest) {
        String bounded = text.length() > MAX_INPUT ? text.substring(0, MAX_INPUT) : text;
        String visible = UNPRINTABLE
                .matcher(SPINNER.matcher(withoutEscapes(bounded)).replaceAll(" "))
                .replaceAll(" ");
        String line = BLANKS.matcher(visible).replaceAll(" ").strip();
        return cut(SECRETS.matcher(line).replaceAll("[secret]"), longest);
    }

    private static String cut(String line, int longest) {
        if (line.length() <= longest) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(longest - 2)) ? longest - 2 : longest - 1;
        return line.substring(0, end) + "…";
    }
}
