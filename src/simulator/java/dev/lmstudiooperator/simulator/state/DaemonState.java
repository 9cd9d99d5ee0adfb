package dev.lmstudiooperator.simulator.state;

/** The state of the process that {@code lms} connects to. */
public enum DaemonState {
    /** Answers requests. */
    RUNNING,
    /** Does not run; its ports refuse connections. */
    DOWN,
    /** Accepts connections and never answers. */
    FROZEN
}
