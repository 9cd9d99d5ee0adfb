package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What happens to the instance when its ManagedModel is deleted. */
public enum DeletionPolicy {
    /** Unload it, even if another client loaded it. */
    @JsonProperty("Unload")
    UNLOAD,
    /** Keep it until its TTL expires. */
    @JsonProperty("Retain")
    RETAIN,
    /** Unload it if the agent loaded it; keep it if the agent adopted it. */
    @JsonProperty("UnloadIfLoaded")
    UNLOAD_IF_LOADED
}
