package dev.lmstudiooperator.agent.plan;

/** Whether the ManagedModel is making progress. */
public enum Progress {
    /** The current state matches the spec, or no progress is requested. */
    SETTLED,
    /** An operation, a wait or a retry is in progress. */
    RECONCILING,
    /** Progress requires manual intervention or an external change. */
    STALLED
}
