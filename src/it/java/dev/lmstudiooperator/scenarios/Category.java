package dev.lmstudiooperator.scenarios;

/** The kind of failure. */
public enum Category {

    /** A model is not loaded, or not as requested, regardless of the output of {@code lms load}. */
    MODEL_LOADING(6),

    /** ManagedModels, users or agents make conflicting changes at the same time. */
    CONCURRENCY(5),

    /** A limited resource runs out: memory, file descriptors, threads. */
    RESOURCES(4),

    /** Values are at a limit: empty, missing, huge, unusual, unknown. */
    EDGES(8),

    /** LM Studio answers late, partially, incorrectly, or not at all. */
    NETWORK_AND_TIMEOUTS(7),

    /** Transient failures are retried, after an observation, a limited number of times. */
    RETRY(3),

    /** After repeated failures the circuit breaker opens for a while. */
    BREAKER(5),

    /** Every load has a time-to-live (TTL), and the agent renews it. */
    TIME_TO_LIVE(4),

    /** {@code lms} misbehaves as a process, or runs in an unusual environment. */
    CLI_AS_A_PROCESS(10);

    private final int minimum;

    Category(int minimum) {
        this.minimum = minimum;
    }

    /** Returns the minimum number of scenarios. */
    int minimum() {
        return minimum;
    }
}
