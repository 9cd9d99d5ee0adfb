package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a check came to. */
public enum VerificationResult {
    /** Both witnesses agree with the spec. */
    @JsonProperty("Passed")
    PASSED,
    /** A witness contradicts the spec. */
    @JsonProperty("Failed")
    FAILED,
    /** A witness could not be asked, which says nothing about the model. */
    @JsonProperty("Unknown")
    UNKNOWN
}
