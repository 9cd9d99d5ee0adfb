package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** Memory of a node for models: capacity and usage, counted by model sizes on disk. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeMemory(
        @Min(0)
        @JsonPropertyDescription(
                "Memory for models in bytes, as configured for the agent; absent if not configured, because LM"
                        + " Studio does not report it.")
        @Nullable
        Long capacityBytes,

        @Min(0)
        @JsonPropertyDescription(
                "Total size on disk of the loaded models in bytes, unmanaged instances included. Their actual"
                        + " memory use is higher, and not known.")
        @Nullable
        Long loadedBytes,

        @JsonPropertyDescription("Human-readable summary, such as 12.3 GB of 48.0 GB.") @Nullable
        String summary) {}
