package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Identifies one ManagedModel. The UID distinguishes it from a later one with the same name. */
public record ManagedModelReference(
        @JsonPropertyDescription("Namespace of the ManagedModel.")
        String namespace,

        @JsonPropertyDescription("Name of the ManagedModel.")
        String name,

        @JsonPropertyDescription("UID of the ManagedModel.") String uid) {}
