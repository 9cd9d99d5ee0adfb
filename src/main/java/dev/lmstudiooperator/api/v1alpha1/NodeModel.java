package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** A model on the disk of a node. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeModel(
        @JsonPropertyDescription("Key of the model, as in spec.model of a ManagedModel.")
        String key,

        @Min(0) @JsonPropertyDescription("Size on disk in bytes.") @Nullable
        Long sizeBytes) {}
