package dev.lmstudiooperator.agent.observer;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

/**
 * Limits how often {@code lms} runs only to read. In any failure mode it runs at most once per second on average over a
 * minute, because each run takes a third of a second of a core. An operation adds the reads that it needs.
 */
final class ReadRateLimiter {

    /**
     * The largest burst when the budget is full. It is half of the reads allowed in a minute. The other half becomes
     * available within that minute.
     */
    static final int MOST = 30;

    static final Duration PER_READ = Duration.ofSeconds(2);

    /** At most two reads before a load, one after it, and one for its verification. */
    static final int PER_CHANGE = 4;

    /** When the budget is full again, if nothing is spent until then. */
    private Instant fullAt = Instant.EPOCH;

    /** Records a read, including a failed one. */
    synchronized void spend(Instant now) {
        fullAt = Collections.max(List.of(fullAt, now)).plus(PER_READ);
    }

    /** Records an operation of this agent on LM Studio. */
    synchronized void earn(Instant now) {
        fullAt = Collections.max(List.of(fullAt.minus(PER_READ.multipliedBy(PER_CHANGE)), now));
    }

    /** How long to wait before the next read; zero when a read is allowed now. */
    synchronized Duration waiting(Instant now) {
        Duration left = Duration.between(now, fullAt).minus(PER_READ.multipliedBy(MOST - 1L));
        return Collections.max(List.of(Duration.ZERO, left));
    }
}
