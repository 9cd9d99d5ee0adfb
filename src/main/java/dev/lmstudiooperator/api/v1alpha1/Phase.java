package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Human-readable summary of the conditions. Use conditions for automation. */
public enum Phase {
    @JsonProperty("Pending")
    PENDING,
    @JsonProperty("Downloading")
    DOWNLOADING,
    @JsonProperty("Loading")
    LOADING,
    @JsonProperty("Verifying")
    VERIFYING,
    @JsonProperty("Ready")
    READY,
    @JsonProperty("Draining")
    DRAINING,
    @JsonProperty("Expired")
    EXPIRED,
    @JsonProperty("Suspended")
    SUSPENDED,
    @JsonProperty("Failed")
    FAILED
}
