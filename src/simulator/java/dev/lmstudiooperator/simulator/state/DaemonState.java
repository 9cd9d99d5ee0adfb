package dev.lmstudiooperator.simulator.state;

/** Whether the program that {@code lms} talks to is there. */
public enum DaemonState {
    /** Answers. */
    RUNNING,
    /** Not there: its ports refuse connections. */
    DOWN,
    /** Accepts connections and never answers. */
    FROZEN
}
