package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a model that is not on the node's disk is downloaded. */
public enum PullPolicy {
    /** The agent downloads nothing. */
    @JsonProperty("Never")
    NEVER,
    /** The agent downloads it from LM Studio's catalogue, once. */
    @JsonProperty("IfNotPresent")
    IF_NOT_PRESENT
}
