package dev.lmstudiooperator.clock;

import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Detects changes of the wall clock. The framework schedules reconciliations by the wall clock. If the clock is set back
 * by an hour, they run an hour late unless they are triggered again.
 */
public final class ClockWatch implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Logger LOG = Logger.getLogger(ClockWatch.class);

    private final SteadyClock clock;
    private final Runnable whenSet;
    private final CountDownLatch closed = new CountDownLatch(1);

    // Used only by the watch thread.
    private Instant knownSince;
    private Duration known;

    /** @param whenSet called by a thread of this watch after each change of the wall clock */
    public ClockWatch(SteadyClock clock, Runnable whenSet) {
        this.clock = clock;
        this.whenSet = whenSet;
        this.known = clock.offset();
        this.knownSince = clock.setAt();
        Thread.ofPlatform().daemon().name("clock-watch").start(this::watch);
    }

    private void watch() {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                check();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check() {
        Duration offset = clock.offset();
        Instant setAt = clock.setAt();
        if (setAt.equals(knownSince)) {
            return;
        }
        Duration step = offset.minus(known);
        LogEvent.of("Wall clock was changed")
                .with(
                        LogField.DETAIL,
                        "by %d s %s".formatted(step.abs().toSeconds(), step.isNegative() ? "back" : "forward"))
                .warn(LOG);
        known = offset;
        knownSince = setAt;
        try {
            whenSet.run();
        } catch (RuntimeException e) {
            LogEvent.of("Clock listener failed").error(LOG, e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
