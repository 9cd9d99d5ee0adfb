package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The life of a ManagedModel in one word, for people's eyes only. Programs read the conditions. */
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
