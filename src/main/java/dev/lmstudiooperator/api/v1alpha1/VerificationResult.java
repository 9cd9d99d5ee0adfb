package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Result of a verification. */
public enum VerificationResult {
    /** Both sources agree with the spec. */
    @JsonProperty("Passed")
    PASSED,
    /** A source contradicts the spec. */
    @JsonProperty("Failed")
    FAILED,
    /** A source did not respond, so the state of the model is unknown. */
    @JsonProperty("Unknown")
    UNKNOWN
}
