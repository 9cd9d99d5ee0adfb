package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether LM Studio does something that can be switched on and off; absent when it could not be found out. */
public enum Feature {
    @JsonProperty("On")
    ON,
    @JsonProperty("Off")
    OFF
}
