package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Result of the last verification. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VerificationStatus(
        @JsonPropertyDescription("Passed, Failed, or Unknown if one of the sources did not answer.")
        VerificationResult result,

        @JsonPropertyDescription("Mode of the verification: spec.verification.mode at that time.")
        VerificationMode mode,

        @JsonPropertyDescription("Time of the last verification whose result changed something (RFC 3339).")
        String checkedTime,

        @JsonPropertyDescription("Result of `lms ps`.") String cli,

        @JsonPropertyDescription("Result of the HTTP API.") String api,

        @JsonPropertyDescription("Response time of the HTTP API in milliseconds.") @Nullable
        Long latencyMillis,

        @JsonPropertyDescription("Number of consecutive failures; 0 after a success.") @Nullable
        Integer consecutiveFailures,

        @JsonPropertyDescription("Human-readable summary.") @Nullable
        String message) {}
