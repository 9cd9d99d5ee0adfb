package dev.lmstudiooperator.agent.tenure;

import java.time.Duration;

/** A clock that nobody sets. Only differences mean something, and only on this machine. */
@FunctionalInterface
interface Uptime {

    Duration elapsed();

    static Uptime ofThisMachine() {
        return () -> Duration.ofNanos(System.nanoTime());
    }
}
