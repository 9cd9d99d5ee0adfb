package dev.lmstudiooperator.lease;

import dev.lmstudiooperator.clock.SteadyClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Steady time that advances only when the test advances it, and a wall clock that tests can set. */
public final class PassingTime implements InstantSource {

    private volatile Duration elapsed = Duration.ofDays(3);
    private volatile Instant wall = Instant.parse("2026-01-01T12:00:00Z");
    private final SteadyClock clock = new SteadyClock(this, () -> elapsed.toNanos());

    public void pass(Duration time) {
        elapsed = elapsed.plus(time);
        wall = wall.plus(time);
    }

    public void setClock(Duration by) {
        wall = wall.plus(by);
    }

    /** The clock of a process on this machine. */
    public SteadyClock clock() {
        return clock;
    }

    /** The steady time. */
    public Instant steady() {
        return clock.instant();
    }

    /** The wall time. */
    @Override
    public Instant instant() {
        return wall;
    }
}
