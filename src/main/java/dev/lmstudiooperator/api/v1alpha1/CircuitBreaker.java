package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** State of the circuit breaker for {@code lms}. */
public enum CircuitBreaker {
    /** The agent calls {@code lms}. */
    @JsonProperty("Closed")
    CLOSED,
    /** After repeated failures the agent does not call {@code lms}, except for one attempt from time to time. */
    @JsonProperty("Open")
    OPEN
}
