package dev.lmstudiooperator.simulator.cli;

import java.util.regex.Pattern;

/** Parses numbers on the command line like JavaScript, and checks them in the order of {@code lms}. */
final class JsNumber {

    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern HEXADECIMAL = Pattern.compile("0[xX][0-9a-fA-F]{1,15}");

    private JsNumber() {}

    static double parse(String text) {
        var trimmed = text.strip();
        if (trimmed.isEmpty()) {
            return 0;
        }
        if (HEXADECIMAL.matcher(trimmed).matches()) {
            return Long.parseLong(trimmed.substring(2), 16);
        }
        if (DECIMAL.matcher(trimmed).matches()) {
            return Double.parseDouble(trimmed);
        }
        return switch (trimmed) {
            case "Infinity", "+Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> Double.NaN;
        };
    }

    /** Returns the error for an integer that must be at least one; empty if it is valid. */
    static String countError(String text) {
        double value = parse(text);
        if (!Double.isNaN(value) && !Double.isInfinite(value) && value != Math.rint(value)) {
            return "Not an integer";
        }
        return value < 1 && !Double.isInfinite(value) ? "Number out of range, must be at least 1" : finiteError(value);
    }

    /** Returns the error for an offload ratio. */
    static String ratioError(String text) {
        if (text.equalsIgnoreCase("off") || text.equalsIgnoreCase("max")) {
            return "";
        }
        double value = parse(text);
        return value < 0 || (value > 1 && !Double.isInfinite(value))
                ? "Number out of range, must be between 0 and 1"
                : finiteError(value);
    }

    private static String finiteError(double value) {
        if (Double.isNaN(value)) {
            return "Not a number";
        }
        return Double.isInfinite(value) ? "Not a finite number" : "";
    }
}
