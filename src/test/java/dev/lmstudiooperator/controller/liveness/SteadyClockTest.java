package dev.lmstudiooperator.controller.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicReference<Instant> wall = new AtomicReference<>(START);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final SteadyClock clock = new SteadyClock(wall::get, nanos::get);

    @Test
    void beginsWithTheClockOfTheMachine() {
        assertThat(clock.instant()).isEqualTo(START);
    }

    /** The count of nanoseconds may begin anywhere, and run over. */
    @Test
    void runsOnWithTheTimeThatPasses() {
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());

        assertThat(clock.instant()).isEqualTo(START.plusSeconds(10));
    }

    @Test
    void doesNotCareWhenTheClockOfTheMachineIsSet() {
        wall.set(START.minusSeconds(86_400));

        assertThat(clock.instant()).isEqualTo(START);
    }
}
