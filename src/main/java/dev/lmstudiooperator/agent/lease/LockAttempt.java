package dev.lmstudiooperator.agent.lease;

/** The result of an attempt to lock the state directory. */
sealed interface LockAttempt {

    /**
     * This process has the lock until it ends.
     *
     * @param holder the ID of the agent that owns the directory
     */
    record Locked(String holder) implements LockAttempt {}

    /**
     * Another process has the lock.
     *
     * @param process its PID, and whether that is a PID inside a container, as that process recorded it; for display
     *     only
     */
    record Taken(String process) implements LockAttempt {}

    /** The result is unknown: the directory is not writable, or its file system does not support locks. */
    record Unusable(String why) implements LockAttempt {}
}
