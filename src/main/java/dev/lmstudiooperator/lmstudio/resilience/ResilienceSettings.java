package dev.lmstudiooperator.lmstudio.resilience;

import java.time.Duration;

/**
 * Settings for retries, the circuit breaker and concurrent reads.
 *
 * @param retries the number of retries of a read after a failure that may be temporary; 0 disables retries
 * @param retryBase the pause before the first retry; each further pause is twice the previous one
 * @param retryMax the maximum pause
 * @param retryJitter the maximum random time by which a pause is shorter or longer
 * @param failuresToOpen the number of consecutive infrastructure failures that open the circuit breaker
 * @param openFor how long an open circuit breaker rejects all calls; after that it permits one
 * @param readsAtOnce the maximum number of concurrent reads; further reads wait
 */
public record ResilienceSettings(
        int retries,
        Duration retryBase,
        Duration retryMax,
        Duration retryJitter,
        int failuresToOpen,
        Duration openFor,
        int readsAtOnce) {

    /** Returns the longest possible sum of all pauses for one read, if every attempt fails. */
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
