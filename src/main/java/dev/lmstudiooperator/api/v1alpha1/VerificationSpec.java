package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** How the agent verifies that a model is served. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VerificationSpec(
        @Default("Served")
        @JsonPropertyDescription(
                "Served: the CLI and the HTTP API both list the instance with the right model and settings."
                        + " Inference: the instance must also answer with one token or one embedding. A request resets the"
                        + " idle timer, so a Temporary model is asked only until it has answered once; after that only the"
                        + " lists are checked. Default: Served.")
        @Nullable
        VerificationMode mode,

        @Default("2")
        @Min(0)
        @Max(600)
        @JsonPropertyDescription(
                "Wait between a load and the first verification, in seconds, from 0 to 600. Default: 2.")
        @Nullable
        Integer settleSeconds,

        @Default("60")
        @Min(5)
        @Max(86400)
        @JsonPropertyDescription(
                "Time between two verifications of a loaded model, in seconds, from 5 to 86400. Default: 60.")
        @Nullable
        Integer periodSeconds,

        @Default("10")
        @Min(1)
        @Max(600)
        @JsonPropertyDescription("Timeout for one answer, in seconds, from 1 to 600. Default: 10.")
        @Nullable
        Integer timeoutSeconds,

        @Default("3")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
                "Number of consecutive failures after which the model is reloaded, from 1 to 100. Default: 3.")
        @Nullable
        Integer failureThreshold,

        @Default("1800")
        @Min(60)
        @Max(604800)
        @JsonPropertyDescription(
                "How long an instance may be busy without progress before it counts as stuck, in seconds, from"
                        + " 60 to 604800. Progress is a request that starts or ends. Default: 1800.")
        @Nullable
        Integer stuckSeconds,

        @Default("false")
        @JsonPropertyDescription(
                "Reloading a stuck instance, which aborts its requests. Default: false, the agent only reports it.")
        @Nullable
        Boolean reloadStuck) {

    /** The documented defaults. */
    public static final VerificationSpec DEFAULTS = new VerificationSpec(null, null, null, null, null, null, null);
}
