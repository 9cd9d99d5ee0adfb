package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether the agent runs {@code lms} at all. */
public enum CircuitBreaker {
    /** It does. */
    @JsonProperty("Closed")
    CLOSED,
    /** It does not, after too many failures in a row, but for one trial now and then. */
    @JsonProperty("Open")
    OPEN
}
