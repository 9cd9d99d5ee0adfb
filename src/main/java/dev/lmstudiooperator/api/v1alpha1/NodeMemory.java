package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** How much memory a node has for models, and how much of it they take, by their sizes on disk. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeMemory(
        @Min(0)
        @JsonPropertyDescription("Memory for models, in bytes, as the agent's configuration says; absent when it does"
                + " not: LM Studio tells neither what it has nor what it uses.")
        @Nullable
        Long capacityBytes,

        @Min(0)
        @JsonPropertyDescription("The sum of the sizes on disk of what is loaded, in bytes, foreign instances included;"
                + " what they take in memory is not known, and is more.")
        @Nullable
        Long loadedBytes,

        @JsonPropertyDescription("Both for people, such as 12.3 GB of 48.0 GB.") @Nullable
        String summary) {}
