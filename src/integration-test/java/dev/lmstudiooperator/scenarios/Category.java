package dev.lmstudiooperator.scenarios;

/** What fails. */
public enum Category {

    /** A model does not become loaded, or not what was asked for, whatever {@code lms load} says. */
    MODEL_LOADING(6),

    /** Several want something at once: ManagedModels, people, agents. */
    CONCURRENCY(5),

    /** Memory, descriptors, threads: what there is only so much of. */
    RESOURCES(4),

    /** Values at the border of what can be said: empty, missing, huge, strange, unknown. */
    EDGES(8),

    /** LM Studio answers late, half, wrongly, or not at all. */
    NETWORK_AND_TIMEOUTS(7),

    /** What fails for a moment is tried again, looked at before, and not for ever. */
    RETRY(3),

    /** What keeps failing is left alone for a while. */
    BREAKER(5),

    /** What a time to live promises: that there is always one, and who renews it. */
    TIME_TO_LIVE(4),

    /** {@code lms} is a process that does not behave, or lives in a world that does not. */
    CLI_AS_A_PROCESS(10);

    private final int minimum;

    Category(int minimum) {
        this.minimum = minimum;
    }

    /** So many scenarios at least. */
    int minimum() {
        return minimum;
    }
}
