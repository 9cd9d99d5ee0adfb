package dev.lmstudiooperator.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;

/** Accepts events about objects. */
@FunctionalInterface
public interface EventSink {

    /**
     * Accepts an event.
     *
     * @param at the wall time of the event; later events may already be recorded
     */
    void record(HasMetadata object, EventData news, Instant at);
}
