package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Current failure. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LastError(
        @JsonPropertyDescription("Reason, as in the conditions.")
        String reason,

        @JsonPropertyDescription("Sanitized error message, at most 512 characters.")
        String message,

        @JsonPropertyDescription("Time of the failure (RFC 3339).")
        String time,

        @JsonPropertyDescription("Time of the next attempt (RFC 3339); absent if only a change helps.") @Nullable
        String nextRetryTime) {}
