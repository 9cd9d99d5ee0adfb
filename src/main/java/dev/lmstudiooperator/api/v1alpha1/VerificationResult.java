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
    /** A source did not answer, which says nothing about the model. */
    @JsonProperty("Unknown")
    UNKNOWN
}
