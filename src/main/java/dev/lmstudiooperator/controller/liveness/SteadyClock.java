package dev.lmstudiooperator.controller.liveness;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Runs on from the time at which it was made, whatever happens to the machine's clock. Its times can be shown to people,
 * and their differences can be believed.
 */
public final class SteadyClock implements InstantSource {

    private final Instant start;
    private final long startNanos;
    private final LongSupplier nanoTime;

    /** @param nanoTime such as {@code System::nanoTime} */
    public SteadyClock(InstantSource clock, LongSupplier nanoTime) {
        this.start = clock.instant();
        this.startNanos = nanoTime.getAsLong();
        this.nanoTime = nanoTime;
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanoTime.getAsLong() - startNanos);
    }
}
