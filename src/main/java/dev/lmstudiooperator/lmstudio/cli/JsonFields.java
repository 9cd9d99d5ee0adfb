package dev.lmstudiooperator.lmstudio.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object of {@code lms} strictly: a value of another type is a failure. Only the methods
 * {@code reported…}, for descriptive values, are lenient.
 */
record JsonFields(Operation operation, JsonNode node) {

    JsonNode required(String name) throws InfrastructureFailure {
        return required(name, value -> true, "present");
    }

    String text(String name) throws InfrastructureFailure {
        return required(name, JsonNode::isTextual, "a string").textValue();
    }

    boolean bool(String name) throws InfrastructureFailure {
        return required(name, JsonNode::isBoolean, "true or false").booleanValue();
    }

    /** Returns a number of at least 0. Cuts off a fraction, because JavaScript has no integers. */
    long number(String name) throws InfrastructureFailure {
        return required(name, JsonFields::isLong, "a number of at least 0").longValue();
    }

    int integer(String name) throws InfrastructureFailure {
        long value = number(name);
        if (value > Integer.MAX_VALUE) {
            throw unreadable(name, "a number of at most " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    @Nullable
    String optionalText(String name) throws InfrastructureFailure {
        return isAbsent(name) ? null : text(name);
    }

    @Nullable
    Long optionalNumber(String name) throws InfrastructureFailure {
        return isAbsent(name) ? null : (Long) number(name);
    }

    @Nullable
    Integer optionalInteger(String name) throws InfrastructureFailure {
        return isAbsent(name) ? null : (Integer) integer(name);
    }

    /** Returns the text, or null if it is absent or of another type. */
    @Nullable
    String reportedText(String name) {
        return node.path(name).textValue();
    }

    /** Returns a whole number of at least 0, or null if it is absent, of another type or too large. */
    @Nullable
    Integer reportedInteger(String name) {
        JsonNode value = node.path(name);
        return value.canConvertToInt() && value.intValue() >= 0 ? (Integer) value.intValue() : null;
    }

    /** Returns the object with that name. It has no fields if it is absent or of another type. */
    JsonFields within(String name) {
        return new JsonFields(operation, node.path(name));
    }

    private JsonNode required(String name, Predicate<JsonNode> isExpected, String expected)
            throws InfrastructureFailure {
        JsonNode value = node.get(name);
        if (value == null) {
            throw unreadable(name, "present");
        }
        if (!isExpected.test(value)) {
            throw unreadable(name, expected);
        }
        return value;
    }

    private static boolean isLong(JsonNode value) {
        return value.isNumber() && value.canConvertToLong() && value.longValue() >= 0;
    }

    private boolean isAbsent(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull();
    }

    InfrastructureFailure unreadable(String name, String expected) {
        JsonNode value = node.isObject() ? node.path(name) : MissingNode.getInstance();
        return unreadable(
                operation,
                "an entry whose '%s' is '%s' and not %s"
                        .formatted(name, TextSanitizer.clean(value.toString()), expected),
                null);
    }

    static InfrastructureFailure unreadable(Operation operation, String what, @Nullable Throwable cause) {
        return new InfrastructureFailure(
                InfrastructureFailure.Kind.UNREADABLE_OUTPUT,
                "%s --json answered with %s, so nothing is known — check that lms and LM Studio are of the same release, and that the disk is not full"
                        .formatted(operation.spoken(), what),
                cause);
    }
}
