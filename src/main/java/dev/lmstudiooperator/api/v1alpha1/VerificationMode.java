package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a verification checks. */
public enum VerificationMode {
    /** The CLI and the HTTP API both list the instance with the right model and settings. */
    @JsonProperty("Served")
    SERVED,
    /** As {@link #SERVED}. In addition, the instance answers with one token or one embedding. */
    @JsonProperty("Inference")
    INFERENCE
}
