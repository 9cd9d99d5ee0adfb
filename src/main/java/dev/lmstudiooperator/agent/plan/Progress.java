package dev.lmstudiooperator.agent.plan;

/** Whether anything moves. */
public enum Progress {
    /** What the spec asks for is reached, or nobody asks for progress. */
    SETTLED,
    /** Work, a wait or a retry is under way. */
    RECONCILING,
    /** Nothing moves without a person or a change outside. */
    STALLED
}
