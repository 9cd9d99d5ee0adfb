package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a model's TTL is for. */
public enum Retention {
    /** The TTL is a lease that the agent renews; an evicted model is loaded again. */
    @JsonProperty("KeepLoaded")
    KEEP_LOADED,
    /** Loaded once per load revision, and left evicted when its TTL has run out. */
    @JsonProperty("Temporary")
    TEMPORARY
}
