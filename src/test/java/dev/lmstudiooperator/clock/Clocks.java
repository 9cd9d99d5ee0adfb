package dev.lmstudiooperator.clock;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Creates clocks for tests. */
public final class Clocks {

    private Clocks() {}

    /** A clock whose wall clock is never set. */
    public static SteadyClock of(InstantSource time) {
        return of(time, time);
    }

    public static SteadyClock of(InstantSource steady, InstantSource wall) {
        return new SteadyClock(wall, steady.instant(), () -> ChronoUnit.NANOS.between(Instant.EPOCH, steady.instant()));
    }
}
