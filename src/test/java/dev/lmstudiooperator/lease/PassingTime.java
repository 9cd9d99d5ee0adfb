package dev.lmstudiooperator.lease;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Monotonic time that advances only when the test advances it, and a wall clock that tests can set. */
public final class PassingTime implements MonotonicClock, InstantSource {

    private volatile Duration elapsed = Duration.ofDays(3);
    private volatile Instant clock = Instant.parse("2026-01-01T12:00:00Z");

    public void pass(Duration time) {
        elapsed = elapsed.plus(time);
        clock = clock.plus(time);
    }

    public void setClock(Duration by) {
        clock = clock.plus(by);
    }

    @Override
    public Duration elapsed() {
        return elapsed;
    }

    @Override
    public Instant instant() {
        return clock;
    }
}
