package dev.lmstudiooperator.logging;

import java.util.Locale;

/** Every field that a line of the log may have, in the order in which they stand there. */
public enum LogField {
    /** The namespace of the ManagedModel. */
    NAMESPACE,
    /** The name of the ManagedModel. */
    NAME,
    /** The model key. */
    MODEL,
    /** The name of the node; also on the lines of an agent that name no other. */
    NODE,
    /** The generation of the spec that the line speaks of; a number. */
    GENERATION,
    /** What is done: {@code load}, {@code unload}, {@code download}, {@code look}, {@code check}, {@code renew}. */
    OPERATION,
    /** The name by which clients call the instance. */
    IDENTIFIER,
    /** Whether the operation reached its goal; true or false. */
    SUCCESS,
    /** How long the operation took, in seconds; a number. */
    DURATION_SECONDS,
    /** The reason of the Ready condition. */
    REASON,
    /** The reason that it had before. */
    PREVIOUS_REASON,
    /** What is done next about a ManagedModel; of the level DEBUG. */
    STEP,
    /** The way to LM Studio: {@code lms} or {@code HTTP API}. */
    WAY,
    /** The state of the circuit breaker. */
    CIRCUIT_BREAKER,
    /** How many failures there were in a row; a number. */
    FAILURES,
    /** When it is tried again; a time. */
    RETRY_AT,
    /** Since when it is so; a time. */
    SINCE,
    /** The Lease of the node. */
    LEASE,
    /** The process that holds the Lease of the controller. */
    LEADER,
    /** The address of the API server, or of LM Studio's HTTP server. */
    ADDRESS,
    /** The size of the instance in bytes; a number. */
    SIZE_BYTES,
    /** The id of a process as the agent sees it, in a Pod that of the Pod; a number. */
    PID,
    /** The command line of a process. */
    COMMAND,
    /** What it came to, or why it is so: a sentence for a person. */
    EXPLANATION,
    /** What went wrong, and what to do. */
    ERROR;

    private final String key = name().toLowerCase(Locale.ROOT);

    /** The field as it stands in the log. */
    public String key() {
        return key;
    }
}
