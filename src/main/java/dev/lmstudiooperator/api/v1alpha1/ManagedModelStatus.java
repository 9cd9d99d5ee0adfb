package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Observed state. The controller writes {@code nodeName} and {@code Scheduled}; the agent of the node writes the rest. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ManagedModelStatus(
        @JsonPropertyDescription("Generation of the spec that this status refers to; -1 before the first observation.")
        @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Human-readable summary. Use conditions for automation.") @Nullable
        Phase phase,

        @SelectableField
        @JsonPropertyDescription("Node whose agent serves this ManagedModel. The controller sets it once.")
        @Nullable
        String nodeName,

        @JsonPropertyDescription(
                "Load revision that the agent has started to load: a hash of model, TTL, load settings and the"
                        + " reload annotation. It is written before the load, so that a crash does not cause a second load.")
        @Nullable
        String loadRevision,

        @JsonPropertyDescription(
                "Load revision that was last loaded successfully. A Temporary model is loaded once per revision."
                        + " An interrupted load, for example by a restart of the agent, does not count.")
        @Nullable
        String loadedRevision,

        @JsonPropertyDescription("Loaded instance as LM Studio reports it; absent if the model is not loaded.")
        @Nullable
        InstanceStatus instance,

        @JsonPropertyDescription("Download of the model; present only while it is in progress, or after it failed.")
        @Nullable
        DownloadStatus download,

        @JsonPropertyDescription("Last verification whose result changed something.") @Nullable
        VerificationStatus verification,

        @JsonPropertyDescription("Most recent convergence, from the first difference to Ready or Stalled.") @Nullable
        ConvergenceStatus convergence,

        @JsonPropertyDescription("Number of successful loads of this ManagedModel.") @Nullable
        Integer loads,

        @JsonPropertyDescription("Number of times that the instance disappeared without an action of the agent.")
        @Nullable
        Integer evictions,

        @JsonPropertyDescription("Current failure; absent if there is none.") @Nullable
        LastError lastError,

        @JsonPropertyDescription(
                "Ready: the spec is fulfilled. Available: clients can use the model now. Reconciling and"
                        + " Stalled: present only while True. Scheduled: a node was chosen. Published: a Service sends"
                        + " requests to the instance; present only if a Service selects it.")
        @Nullable
        List<Condition> conditions) {

    /** The status that the API server gives to a new object. */
    public static final ManagedModelStatus UNOBSERVED =
            new ManagedModelStatus(-1L, null, null, null, null, null, null, null, null, null, null, null, null);

    /** Human-readable summary of the conditions. Use conditions for automation. */
    public enum Phase {
        @JsonProperty("Pending")
        PENDING,
        @JsonProperty("Downloading")
        DOWNLOADING,
        @JsonProperty("Loading")
        LOADING,
        @JsonProperty("Verifying")
        VERIFYING,
        @JsonProperty("Ready")
        READY,
        @JsonProperty("Draining")
        DRAINING,
        @JsonProperty("Expired")
        EXPIRED,
        @JsonProperty("Suspended")
        SUSPENDED,
        @JsonProperty("Failed")
        FAILED
    }

    /**
     * Loaded instance as LM Studio reports it. Client requests to a {@code KeepLoaded} model do not change this status.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record InstanceStatus(
            @JsonPropertyDescription("Identifier that clients use.")
            String identifier,

            @JsonPropertyDescription("Key of the loaded model.")
            String modelKey,

            @JsonPropertyDescription("Size on disk in bytes; the memory in use is not known.") @Nullable
            Long sizeBytes,

            @JsonPropertyDescription("Context length in tokens that LM Studio applies.") @Nullable
            Integer contextLength,

            @JsonPropertyDescription("Selected variant of a catalogue model; absent for a model without variants.")
            @Nullable
            String variant,

            @JsonPropertyDescription(
                    "Quantization of the weights, such as Q4_K_M; absent if LM Studio does not report it.")
            @Nullable
            String quantization,

            @JsonPropertyDescription(
                    "Number of requests that LM Studio serves concurrently; absent for embedding models.")
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
                            + " retention Temporary. Each request moves the time; the agent updates it when it differs by"
                            + " more than half of the TTL.")
            @Nullable
            String expiresTime,

            @JsonPropertyDescription("Whether the instance was already loaded and the agent adopted it.") @Nullable
            Boolean adopted) {}

    /** Progress of a download. Updated when the whole percent changes, at most every ten seconds. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record DownloadStatus(
            @JsonPropertyDescription("Exact name in LM Studio's catalogue, owner/name.")
            String source,

            @Min(0)
            @Max(100)
            @JsonPropertyDescription("Progress in whole percent, from 0 to 100; absent until LM Studio reports it.")
            @Nullable
            Integer percent,

            @Min(0)
            @JsonPropertyDescription("Downloaded bytes, as LM Studio rounds them; absent until LM Studio reports them.")
            @Nullable
            Long downloadedBytes,

            @Min(0)
            @JsonPropertyDescription("Total size in bytes, as LM Studio rounds it; absent until LM Studio reports it.")
            @Nullable
            Long totalBytes) {}

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

            @JsonPropertyDescription("Result of the HTTP API.")
            String api,

            @JsonPropertyDescription("Response time of the HTTP API in milliseconds.") @Nullable
            Long latencyMillis,

            @JsonPropertyDescription("Number of consecutive failures; 0 after a success.") @Nullable
            Integer consecutiveFailures,

            @JsonPropertyDescription("Human-readable summary.") @Nullable
            String message) {}

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
}
