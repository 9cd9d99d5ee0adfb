package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What happens to the instance when its ManagedModel is deleted. */
public enum DeletionPolicy {
    /** Unloaded, whoever loaded it. */
    @JsonProperty("Unload")
    UNLOAD,
    /** Left alone; its TTL gives the memory back. */
    @JsonProperty("Retain")
    RETAIN,
    /** Unloaded if the agent loaded it, left if the agent found it loaded. */
    @JsonProperty("UnloadIfLoaded")
    UNLOAD_IF_LOADED
}
