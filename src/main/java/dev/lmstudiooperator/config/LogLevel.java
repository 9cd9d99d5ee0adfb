package dev.lmstudiooperator.config;

/** Minimum level of log lines. The logging framework reads the same property. */
public enum LogLevel {
    /** Errors that require manual intervention. */
    ERROR,
    /** Problems that may require manual intervention if they persist. */
    WARN,
    /** State changes. A process whose state does not change logs nothing. */
    INFO,
    /** Also each reconciliation and its decision. */
    DEBUG
}
