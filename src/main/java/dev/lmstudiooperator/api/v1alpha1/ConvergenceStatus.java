package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** One convergence, from the first difference between desired and observed state to Ready or Stalled. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConvergenceStatus(
        @JsonPropertyDescription("Cause of the convergence, such as Evicted or Drifted.")
        String trigger,

        @JsonPropertyDescription("Start of the convergence (RFC 3339).")
        String startedTime,

        @JsonPropertyDescription("Duration in milliseconds; absent while it is in progress.") @Nullable
        Long durationMillis,

        @JsonPropertyDescription("Number of reconciliations. Updated together with other status changes.") @Nullable
        Integer rounds) {}
