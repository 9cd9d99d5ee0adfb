package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What counts as proof. */
public enum VerificationMode {
    /** The CLI and the HTTP API both list the instance with the right model and settings. */
    @JsonProperty("Served")
    SERVED,
    /** As {@link #SERVED}, and one token, or one embedding, really comes back. */
    @JsonProperty("Inference")
    INFERENCE
}
