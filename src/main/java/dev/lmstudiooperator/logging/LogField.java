package dev.lmstudiooperator.logging;

import java.util.Locale;

/** Fields of log lines, in the order in which they appear. */
public enum LogField {
    /** The namespace of the ManagedModel. */
    NAMESPACE,
    /** The name of the ManagedModel. */
    NAME,
    /** The model key. */
    MODEL,
    /** The name of the node. Lines of an agent that name no other node have it too. */
    NODE,
    /** The generation of the spec that the line refers to; a number. */
    GENERATION,
    /** The operation: {@code load}, {@code unload}, {@code download}, {@code refresh}, {@code check}, {@code renew}. */
    OPERATION,
    /** The identifier by which clients address the instance. */
    IDENTIFIER,
    /** Whether the operation succeeded; true or false. */
    SUCCESS,
    /** Duration of the operation in seconds; a number. */
    DURATION_SECONDS,
    /** The reason of the Ready condition. */
    REASON,
    /** The previous reason of the Ready condition. */
    PREVIOUS_REASON,
    /** The next action for a ManagedModel; only at level DEBUG. */
    ACTION,
    /** The interface of LM Studio: {@code lms} or {@code HTTP API}. */
    ENDPOINT,
    /** The state of the circuit breaker. */
    CIRCUIT_BREAKER,
    /** Number of consecutive failures. */
    FAILURES,
    /** Time of the next attempt. */
    RETRY_AT,
    /** Time at which the state began. */
    SINCE,
    /** The Lease of the node. */
    LEASE,
    /** The process that holds the Lease of the controller. */
    LEADER,
    /** The address of the API server or of the HTTP server of LM Studio. */
    ADDRESS,
    /** The size of the instance in bytes; a number. */
    SIZE_BYTES,
    /** Process ID as the agent observes it; in a Pod, the ID inside the Pod; a number. */
    PID,
    /** The command line of a process. */
    COMMAND,
    /** The result or the cause, as a sentence. */
    DETAIL,
    /** The error, and what to do. */
    ERROR;

    private final String key = name().toLowerCase(Locale.ROOT);

    /** The key of the field in the log. */
    public String key() {
        return key;
    }
}
