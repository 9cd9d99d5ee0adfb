package dev.lmstudiooperator.agent.observer;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

/**
 * How often {@code lms} may be run only to look. Whatever goes wrong, it is run no more than once a second on average over a
 * minute: each run takes a third of a second of a core. A change of ours brings the looks that it needs.
 */
final class ReadRateLimiter {

    /** So many at once after a rest. Half a minute's worth, and as much comes in the rest of the minute. */
    static final int MOST = 30;

    static final Duration PER_READ = Duration.ofSeconds(2);

    /** Two looks before a load, one after it, and one that verifies it. */
    static final int PER_CHANGE = 4;

    /** The budget is full at this time, if nothing is spent until then. */
    private Instant fullAt = Instant.EPOCH;

    /** A read was made, be it that it failed. */
    synchronized void spend(Instant now) {
        fullAt = later(fullAt, now).plus(PER_READ);
    }

    /** LM Studio was changed by us. */
    synchronized void earn(Instant now) {
        fullAt = later(fullAt.minus(PER_READ.multipliedBy(PER_CHANGE)), now);
    }

    /** How long to wait until a read may be made; zero when it may be made now. */
    synchronized Duration waiting(Instant now) {
        Duration left = Duration.between(now, fullAt).minus(PER_READ.multipliedBy(MOST - 1L));
        return Collections.max(List.of(Duration.ZERO, left));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
