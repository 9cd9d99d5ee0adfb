package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** An instance in the memory of a node. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeInstance(
        @JsonPropertyDescription("Identifier that clients use.")
        String identifier,

        @JsonPropertyDescription("Key of the model.") String modelKey,

        @Min(0) @JsonPropertyDescription("Size on disk in bytes.") @Nullable
        Long sizeBytes,

        @JsonPropertyDescription(
                "ManagedModel that the instance belongs to; absent for an unmanaged instance, which the operator"
                        + " never changes.")
        @Nullable
        ManagedModelReference managedModel,

        @JsonPropertyDescription(
                "What the agent does with the instance if its ManagedModel is gone: Unload or Retain. Absent for"
                        + " an unmanaged instance.")
        @Nullable
        DeletionPolicy deletionPolicy) {}
