package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Names one ManagedModel, and no later one of the same name. */
public record ManagedModelReference(
        @JsonPropertyDescription("Its namespace.") String namespace,

        @JsonPropertyDescription("Its name.") String name,

        @JsonPropertyDescription("Its UID.") String uid) {}
