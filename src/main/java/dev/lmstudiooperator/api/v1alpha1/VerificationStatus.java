package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** The proof, or what is missing from it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VerificationStatus(
        @JsonPropertyDescription("Passed, Failed, or Unknown when one of the witnesses could not be asked.")
        VerificationResult result,

        @JsonPropertyDescription("What counted as proof: the mode that the spec asked for at that time.")
        VerificationMode mode,

        @JsonPropertyDescription("When the check that last changed something was made (RFC 3339).")
        String checkedTime,

        @JsonPropertyDescription("What `lms ps` said.") String cli,

        @JsonPropertyDescription("What the HTTP API said.") String api,

        @JsonPropertyDescription("How long the HTTP API took for that answer, in milliseconds.") @Nullable
        Long latencyMillis,

        @JsonPropertyDescription("How many checks in a row have failed; 0 after one that passed.") @Nullable
        Integer consecutiveFailures,

        @JsonPropertyDescription("One sentence for a person.") @Nullable
        String message) {}
