package dev.lmstudiooperator.agent.lease;

/** What came of trying to lock the state folder. */
sealed interface LockAttempt {

    /**
     * It is ours until this process ends.
     *
     * @param holder the id of the agent whose folder it is
     */
    record Locked(String holder) implements LockAttempt {}

    /**
     * Another process has it.
     *
     * @param process its PID, and whether that is one of a container, as it wrote it down; for people only
     */
    record Taken(String process) implements LockAttempt {}

    /** Nobody can tell: the folder cannot be written, or its file system knows no locks. */
    record Unusable(String why) implements LockAttempt {}
}
