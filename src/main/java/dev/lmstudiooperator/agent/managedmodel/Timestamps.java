package dev.lmstudiooperator.agent.managedmodel;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Formats timestamps as Kubernetes does: RFC 3339, UTC. */
final class Timestamps {

    private Timestamps() {}

    /** With a precision of seconds, as in a condition. */
    static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** With a precision of milliseconds, where the order of events within a second matters. */
    static String precise(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
