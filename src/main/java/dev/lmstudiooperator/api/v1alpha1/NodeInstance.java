package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** An instance in the memory of a node. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeInstance(
        @JsonPropertyDescription("The name that clients call.")
        String identifier,

        @JsonPropertyDescription("The key of its model.") String modelKey,

        @Min(0) @JsonPropertyDescription("Size on disk, in bytes.") @Nullable
        Long sizeBytes,

        @JsonPropertyDescription("True when no ManagedModel of this node names it: the operator leaves it alone.")
        @Nullable
        Boolean foreign,

        @JsonPropertyDescription(
                "The ManagedModel that the instance is kept for; absent for an unmanaged instance, which the operator"
                        + " leaves alone.")
        @Nullable
        ManagedModelReference managedModel,

        @JsonPropertyDescription(
                "What the agent does with the instance when its ManagedModel is gone: Unload or Retain."
                        + " Absent for an unmanaged instance.")
        @Nullable
        DeletionPolicy deletionPolicy) {}
