package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** State of an optional feature of LM Studio; absent if unknown. */
public enum Feature {
    @JsonProperty("On")
    ON,
    @JsonProperty("Off")
    OFF
}
