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
    private final Condition changed = lock.newCondition();
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
        change(before -> before.plus(by));
    }

    public void reset() {
        change(before -> Duration.ZERO);
    }

    /** Makes every sleeping thread evaluate its condition again. */
    public void signal() {
        change(UnaryOperator.identity());
    }

    /**
     * Sleeps until the simulated time or until {@code stop} is true.
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
                var unused = changed.await(Math.max(1, remaining.toMillis()), TimeUnit.MILLISECONDS);
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
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
