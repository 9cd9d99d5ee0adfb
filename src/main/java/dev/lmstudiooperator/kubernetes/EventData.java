package dev.lmstudiooperator.kubernetes;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The content of an Event about an object.
 *
 * @param isWarning whether the event needs attention
 * @param reason a CamelCase word from a fixed set, as in a condition
 * @param note one sentence
 * @param node the related node; an event about another node is a different event; null if there is none
 */
public record EventData(
        boolean isWarning,
        String reason,
        String note,
        @Nullable String node) {

    public EventData(boolean isWarning, String reason, String note) {
        this(isWarning, reason, note, null);
    }

    /** An expected event. */
    public static EventData normal(Reason reason, String note) {
        return new EventData(false, reason.text(), note);
    }

    /** An event that needs attention. */
    public static EventData warning(Reason reason, String note) {
        return new EventData(true, reason.text(), note);
    }

    public EventData about(String nodeName) {
        return new EventData(isWarning, reason, note, nodeName);
    }

    /** Accepts events about objects. */
    @FunctionalInterface
    public interface Sink {

        /**
         * Accepts an event.
         *
         * @param at the wall time of the event; later events may already be recorded
         */
        void record(HasMetadata object, EventData event, Instant at);
    }
}
