package dev.lmstudiooperator.lease;

import java.time.Duration;

/** A clock that is never adjusted. Only differences have a meaning, and only on this machine. */
@FunctionalInterface
public interface MonotonicClock {

    Duration elapsed();

    static MonotonicClock ofThisMachine() {
        return () -> Duration.ofNanos(System.nanoTime());
    }
}
