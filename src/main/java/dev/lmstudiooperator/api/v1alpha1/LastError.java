package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** The failure that stands in the way. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LastError(
        @JsonPropertyDescription("The reason, as in the conditions.")
        String reason,

        @JsonPropertyDescription("What happened, cleaned and cut.")
        String message,

        @JsonPropertyDescription("When it happened (RFC 3339).")
        String time,

        @JsonPropertyDescription("When it is tried again (RFC 3339); absent when only a change helps.") @Nullable
        String nextRetryTime) {}
