package dev.lmstudiooperator.simulator.state;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** Real time plus an offset that tests increase. Sleeping threads wake up when it changes. */
public final class SimulatedClock implements InstantSource {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile Duration offset = Duration.ZERO;

    @Override
    public Instant instant() {
        return Instant.now().plus(offset);
    }

    /** Returns the difference from real time. */
    public Duration offset() {
        return offset;
    }

    public void advance(Duration by) {
        change(ahead -> ahead.plus(by));
    }

    public void reset() {
        change(ahead -> Duration.ZERO);
    }

    /** Makes every sleeping thread check its condition again. */
    public void wake() {
        change(UnaryOperator.identity());
    }

    /**
     * Sleeps until the simulated time or until {@code stop} holds.
     *
     * @return whether the time has been reached
     */
    public boolean sleepUntil(Instant deadline, BooleanSupplier stop) throws InterruptedException {
        lock.lock();
        try {
            while (!stop.getAsBoolean()) {
                var remaining = Duration.between(instant(), deadline);
                if (!remaining.isPositive()) {
                    return true;
                }
                var unused = moved.await(Math.max(1, remaining.toMillis()), TimeUnit.MILLISECONDS);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void change(UnaryOperator<Duration> change) {
        lock.lock();
        try {
            offset = change.apply(offset);
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
