package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Observed state of LM Studio. While the agent has no heartbeat, the controller writes the condition {@code Ready}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LMStudioNodeStatus(
        @JsonPropertyDescription(
                "Generation of the spec that this status refers to; -1 before the first report of the agent.")
        @Nullable
        Long observedGeneration,

        @JsonPropertyDescription(
                "UID of the Kubernetes Node of the same name; absent if there is none. It distinguishes the"
                        + " machine from a later one of the same name. It stays after the Kubernetes Node is deleted while"
                        + " the agent runs.")
        @Nullable
        String nodeUID,

        @JsonPropertyDescription("Output of `lms version`: a commit, not a release.") @Nullable
        String cliVersion,

        @JsonPropertyDescription(
                "Release of the running LM Studio, such as 0.4.21; absent if LM Studio does not report it.")
        @Nullable
        String serverVersion,

        @JsonPropertyDescription(
                "Whether CLI and LM Studio are compatible, according to their last exchange; absent before the"
                        + " first one.")
        @Nullable
        Boolean versionsMatch,

        @JsonPropertyDescription("URL of LM Studio's HTTP API: spec.advertisedAddress, or the URL that the agent uses.")
        @Nullable
        String apiAddress,

        @JsonPropertyDescription("Whether a request that names a downloaded model loads it (just-in-time loading).")
        @Nullable
        Feature jitLoading,

        @JsonPropertyDescription("Whether the HTTP API requires a token.") @Nullable
        Feature authentication,

        @JsonPropertyDescription(
                "Whether LM Studio also lists models of other machines (LM Link). Off if none is listed.")
        @Nullable
        Feature lmLink,

        @JsonPropertyDescription(
                "State of the circuit breaker for lms. Closed: the agent calls lms. Open: lms failed repeatedly,"
                        + " and the agent calls it again at the time in the condition Ready.")
        @Nullable
        CircuitBreaker circuitBreaker,

        @JsonPropertyDescription("Memory for models.") @Nullable
        NodeMemory memory,

        @Min(0)
        @JsonPropertyDescription("Number of instances loaded on this machine, unmanaged instances included.")
        @Nullable
        Integer loadedModels,

        @JsonPropertyDescription("Instances loaded on this machine, sorted by identifier, at most 100.") @Nullable
        List<NodeInstance> instances,

        @JsonPropertyDescription("Models on this machine's disk, sorted by key, at most 100.") @Nullable
        List<NodeModel> models,

        @Min(0)
        @JsonPropertyDescription("Number of models on disk beyond those in models; absent if there are none.")
        @Nullable
        Integer moreModels,

        @JsonPropertyDescription(
                "Ready: whether the agent can drive LM Studio and verify its models. While it is not True,"
                        + " instances and models are the last known ones. Reachable: whether the controller reaches"
                        + " apiAddress; present only while a Service uses the node. Reconciling and Stalled do not occur.")
        @Nullable
        List<Condition> conditions) {

    /** Maximum number of models and of instances in a status. */
    public static final int LONGEST_LIST = 100;

    /** The status that the API server gives to a new object. */
    public static final LMStudioNodeStatus UNOBSERVED = new LMStudioNodeStatus(
            -1L, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /** A status with only these conditions, as the controller applies it. */
    public static LMStudioNodeStatus ofConditions(List<Condition> conditions) {
        return new LMStudioNodeStatus(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, conditions);
    }

    /** A copy with these conditions. */
    public LMStudioNodeStatus with(List<Condition> others) {
        return new LMStudioNodeStatus(
                observedGeneration,
                nodeUID,
                cliVersion,
                serverVersion,
                versionsMatch,
                apiAddress,
                jitLoading,
                authentication,
                lmLink,
                circuitBreaker,
                memory,
                loadedModels,
                instances,
                models,
                moreModels,
                others);
    }

    /** An instance in the memory of a node. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NodeInstance(
            @JsonPropertyDescription("Identifier that clients use.")
            String identifier,

            @JsonPropertyDescription("Key of the model.") String modelKey,

            @Min(0) @JsonPropertyDescription("Size on disk in bytes.") @Nullable
            Long sizeBytes,

            @JsonPropertyDescription(
                    "ManagedModel that the instance belongs to; absent for an unmanaged instance, which the operator"
                            + " never changes.")
            @Nullable
            ManagedModelReference managedModel,

            @JsonPropertyDescription(
                    "What the agent does with the instance if its ManagedModel is gone: Unload or Retain. Absent for"
                            + " an unmanaged instance.")
            @Nullable
            DeletionPolicy deletionPolicy) {}

    /** Identifies one ManagedModel. The UID distinguishes it from a later one with the same name. */
    public record ManagedModelReference(
            @JsonPropertyDescription("Namespace of the ManagedModel.")
            String namespace,

            @JsonPropertyDescription("Name of the ManagedModel.")
            String name,

            @JsonPropertyDescription("UID of the ManagedModel.")
            String uid) {}

    /** A model on the disk of a node. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NodeModel(
            @JsonPropertyDescription("Key of the model, as in spec.model of a ManagedModel.")
            String key,

            @Min(0) @JsonPropertyDescription("Size on disk in bytes.") @Nullable
            Long sizeBytes) {}

    /** Memory of a node for models: capacity and usage, counted by model sizes on disk. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NodeMemory(
            @Min(0)
            @JsonPropertyDescription(
                    "Memory for models in bytes, as configured for the agent; absent if not configured, because LM"
                            + " Studio does not report it.")
            @Nullable
            Long capacityBytes,

            @Min(0)
            @JsonPropertyDescription(
                    "Total size on disk of the loaded models in bytes, unmanaged instances included. Their actual"
                            + " memory use is higher, and not known.")
            @Nullable
            Long loadedBytes,

            @JsonPropertyDescription("Human-readable summary, such as 12.3 GB of 48.0 GB.") @Nullable
            String summary) {}

    /** State of an optional feature of LM Studio; absent if unknown. */
    public enum Feature {
        @JsonProperty("On")
        ON,
        @JsonProperty("Off")
        OFF
    }

    /** State of the circuit breaker for {@code lms}. */
    public enum CircuitBreaker {
        /** The agent calls {@code lms}. */
        @JsonProperty("Closed")
        CLOSED,
        /** After repeated failures the agent does not call {@code lms}, except for one attempt from time to time. */
        @JsonProperty("Open")
        OPEN
    }
}
