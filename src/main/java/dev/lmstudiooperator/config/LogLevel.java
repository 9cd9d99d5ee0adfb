package dev.lmstudiooperator.config;

/** From which level on lines are logged. The logging framework reads the same property. */
public enum LogLevel {
    /** What needs a person. */
    ERROR,
    /** What may need one, if it stays so. */
    WARN,
    /** Each change that a person would tell, and nothing at rest. */
    INFO,
    /** Each pass too, with what was decided. */
    DEBUG
}
