package dev.lmstudiooperator.lmstudio.resilience;

import java.time.Duration;

/**
 * How patient the guard is.
 *
 * @param retries how often a read is tried again after a failure that may pass by itself; 0: never
 * @param retryBase the pause before the first retry; each is twice the one before it
 * @param retryMax no pause is longer
 * @param retryJitter each pause is up to this much shorter or longer, at random
 * @param failuresToOpen so many infrastructure failures in a row open the circuit breaker
 * @param openFor so long an open circuit breaker lets no call pass; then it lets one
 * @param readsAtOnce so many reads may run at once; others wait for them
 */
public record ResilienceSettings(
        int retries,
        Duration retryBase,
        Duration retryMax,
        Duration retryJitter,
        int failuresToOpen,
        Duration openFor,
        int readsAtOnce) {

    /** All pauses between the attempts at one read, when every one fails, at their longest. */
    public Duration longestPauses() {
        Duration sum = Duration.ZERO;
        Duration pause = retryBase;
        for (int retry = 0; retry < retries; retry++) {
            sum = sum.plus(pause.compareTo(retryMax) < 0 ? pause : retryMax).plus(retryJitter);
            pause = pause.multipliedBy(2);
        }
        return sum;
    }
}
