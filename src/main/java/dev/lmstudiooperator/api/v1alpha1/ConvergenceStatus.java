package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** One convergence episode: from the moment that desired and observed state differ until Ready or Stalled. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConvergenceStatus(
        @JsonPropertyDescription("What began it: a reason, such as Evicted or Drifted.")
        String trigger,

        @JsonPropertyDescription("When it began (RFC 3339).")
        String startedTime,

        @JsonPropertyDescription("How long it took, in milliseconds; absent while it lasts.") @Nullable
        Long durationMillis,

        @JsonPropertyDescription("How many reconcile passes it took, as far as they are told: what only counts on is no"
                + " reason to write.")
        @Nullable
        Integer rounds) {}
