package dev.lmstudiooperator.kubernetes;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.jspecify.annotations.Nullable;

/**
 * One step that a person would tell of an object.
 *
 * @param isWarning whether a person should look at it
 * @param reason one word of several, as in a condition
 * @param note a sentence
 * @param node the node that it is about too: the same of another node is something else; null if it is about none
 */
public record EventData(
        boolean isWarning,
        String reason,
        String note,
        @Nullable String node) {

    public EventData(boolean isWarning, String reason, String note) {
        this(isWarning, reason, note, null);
    }

    /** What is as it was asked for. */
    public static EventData normal(Reason reason, String note) {
        return new EventData(false, reason.text(), note);
    }

    /** What a person should look at. */
    public static EventData warning(Reason reason, String note) {
        return new EventData(true, reason.text(), note);
    }

    public EventData about(String nodeName) {
        return new EventData(isWarning, reason, note, nodeName);
    }
}
