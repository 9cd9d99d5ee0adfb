package dev.lmstudiooperator.agent.observer;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A clock that stands until a test moves it, and on which the observer waits. */
final class ControlledTime implements InstantSource, Observer.Pause {

    private volatile Instant now;
    private volatile @Nullable Instant restsUntil;

    ControlledTime(Instant now) {
        this.now = now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public Observer.@Nullable Asker await(BlockingQueue<Observer.Asker> askers, Duration atMost)
            throws InterruptedException {
        Instant until = now.plus(atMost);
        restsUntil = until;
        try {
            Observer.Asker asker = null;
            while (asker == null && now.isBefore(until)) {
                asker = askers.poll(1, MILLISECONDS);
            }
            return asker;
        } finally {
            restsUntil = null;
        }
    }

    /** Moves the clock while nobody rests. */
    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Moves the clock in these steps; after each, whatever fell due has been done when the next one begins. */
    void passInSteps(Duration step, int steps) {
        for (int i = 0; i < steps; i++) {
            awaitRest();
            pass(step);
        }
        awaitRest();
    }

    /** Returns when the observer has nothing to do before the clock moves. */
    void awaitRest() {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            Instant until = restsUntil;
            return until != null && until.isAfter(now);
        });
    }
}
