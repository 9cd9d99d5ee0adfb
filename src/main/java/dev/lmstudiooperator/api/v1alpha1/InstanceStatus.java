package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Loaded instance as LM Studio reports it. Client requests to a {@code KeepLoaded} model do not change this status. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InstanceStatus(
        @JsonPropertyDescription("Identifier that clients use.")
        String identifier,

        @JsonPropertyDescription("Key of the loaded model.") String modelKey,

        @JsonPropertyDescription("Size on disk in bytes; the memory in use is not known.") @Nullable
        Long sizeBytes,

        @JsonPropertyDescription("Context length in tokens that LM Studio applies.") @Nullable
        Integer contextLength,

        @JsonPropertyDescription("Selected variant of a catalogue model; absent for a model without variants.")
        @Nullable
        String variant,

        @JsonPropertyDescription("Quantization of the weights, such as Q4_K_M; absent if LM Studio does not report it.")
        @Nullable
        String quantization,

        @JsonPropertyDescription("Number of requests that LM Studio serves concurrently; absent for embedding models.")
        @Nullable
        Integer parallel,

        @JsonPropertyDescription("Idle TTL that LM Studio applies, in seconds.") @Nullable
        Long ttlSeconds,

        @JsonPropertyDescription(
                "Time at which the agent saw the load complete (RFC 3339); absent if the instance was already"
                        + " loaded.")
        @Nullable
        String loadedTime,

        @JsonPropertyDescription(
                "Time at which LM Studio unloads the instance if no client uses it before (RFC 3339). Only with"
                        + " retention Temporary. Each request moves the time; the agent updates it when it differs by more"
                        + " than half of the TTL.")
        @Nullable
        String expiresTime,

        @JsonPropertyDescription("Whether the instance was already loaded and the agent adopted it.") @Nullable
        Boolean adopted) {}
