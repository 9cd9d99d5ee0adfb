package dev.lmstudiooperator.agent.managedmodel;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Timestamps as Kubernetes writes them: RFC 3339, UTC. */
final class Timestamps {

    private Timestamps() {}

    /** To the second, as in a condition. */
    static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** To the millisecond, where the order of events within a second matters. */
    static String precise(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
