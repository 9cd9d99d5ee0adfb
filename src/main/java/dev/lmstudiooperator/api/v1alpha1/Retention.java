package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether the agent renews a model's TTL. */
public enum Retention {
    /** The agent renews the TTL, and loads an evicted model again. */
    @JsonProperty("KeepLoaded")
    KEEP_LOADED,
    /** The agent loads the model once per load revision, and does not load it again after its TTL expires. */
    @JsonProperty("Temporary")
    TEMPORARY
}
