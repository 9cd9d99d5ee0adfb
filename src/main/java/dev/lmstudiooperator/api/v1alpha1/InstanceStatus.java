package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** The loaded instance, as LM Studio describes it. Who uses a model that is kept loaded changes nothing here. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InstanceStatus(
        @JsonPropertyDescription("The name that clients call.")
        String identifier,

        @JsonPropertyDescription("The key of the model that is really loaded.")
        String modelKey,

        @JsonPropertyDescription("Size on disk, in bytes; memory in use is not known.") @Nullable
        Long sizeBytes,

        @JsonPropertyDescription("Length of the context in tokens, as LM Studio set it.") @Nullable
        Integer contextLength,

        @JsonPropertyDescription("The selected variant of a catalogue model; absent for a model without variants.")
        @Nullable
        String variant,

        @JsonPropertyDescription(
                "The quantization of its weights, such as Q4_K_M; absent when LM Studio does not report it.")
        @Nullable
        String quantization,

        @JsonPropertyDescription("How many requests LM Studio serves at once; absent for embedding models.") @Nullable
        Integer parallel,

        @JsonPropertyDescription("The idle time-to-live that LM Studio applies, in seconds.") @Nullable
        Long ttlSeconds,

        @JsonPropertyDescription(
                "When the agent saw its load end (RFC 3339); absent when it found the instance loaded.")
        @Nullable
        String loadedTime,

        @JsonPropertyDescription(
                "When LM Studio unloads the instance if no client asks it before (RFC 3339); with retention"
                        + " Temporary only, since any other is renewed. Each request moves it; it is written anew when it is off by"
                        + " more than half of the TTL.")
        @Nullable
        String expiresTime,

        @JsonPropertyDescription("Whether the agent found the instance loaded and took it over.") @Nullable
        Boolean adopted) {}
