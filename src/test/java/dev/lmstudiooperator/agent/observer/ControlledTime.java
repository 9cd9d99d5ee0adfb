package dev.lmstudiooperator.agent.observer;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A clock that stands still until a test advances it. The observer waits on it. */
final class ControlledTime implements InstantSource, Observer.Pause {

    private volatile Instant now;
    private volatile @Nullable Instant restsUntil;
    private volatile @Nullable BlockingQueue<Observer.RefreshRequest> pending;

    ControlledTime(Instant now) {
        this.now = now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public Observer.@Nullable RefreshRequest await(BlockingQueue<Observer.RefreshRequest> requests, Duration atMost)
            throws InterruptedException {
        Instant until = now.plus(atMost);
        pending = requests;
        restsUntil = until;
        while (requests.isEmpty() && now.isBefore(until)) {
            MILLISECONDS.sleep(1);
        }
        // Before the request leaves the queue: until then it shows that the observer does not rest.
        restsUntil = null;
        return requests.poll();
    }

    /** Advances the clock without waiting for the observer. */
    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Advances the clock in steps. The observer completes all due work after each step. */
    void passInSteps(Duration action, int steps) {
        for (int i = 0; i < steps; i++) {
            awaitRest();
            pass(action);
        }
        awaitRest();
    }

    /** Waits until the observer has no work before the next advance of the clock. */
    void awaitRest() {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            boolean isAsked = pending != null && !pending.isEmpty();
            Instant until = restsUntil;
            return !isAsked && until != null && until.isAfter(now);
        });
    }
}
