package dev.lmstudiooperator.lease;

import java.time.Duration;

/** A clock that nobody sets. Only differences mean something, and only on this machine. */
@FunctionalInterface
public interface MonotonicClock {

    Duration elapsed();

    static MonotonicClock ofThisMachine() {
        return () -> Duration.ofNanos(System.nanoTime());
    }
}
