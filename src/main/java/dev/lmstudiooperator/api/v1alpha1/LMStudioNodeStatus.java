package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the agent knows of its LM Studio; written when it changes. While the agent is silent, the controller takes the
 * condition {@code Ready} over.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LMStudioNodeStatus(
        @JsonPropertyDescription("The generation of the spec that this status speaks of; -1 before the agent's first.")
        @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("The UID of the Kubernetes Node of the same name; absent when there is none. It tells"
                + " a machine apart from a later one of the same name, so it stays while the agent runs whose Kubernetes"
                + " Node was deleted.")
        @Nullable
        String nodeUID,

        @JsonPropertyDescription("What `lms version` says: a commit, not a release.") @Nullable
        String cliVersion,

        @JsonPropertyDescription("The release of LM Studio that runs, such as 0.4.21; absent when it does not tell.")
        @Nullable
        String serverVersion,

        @JsonPropertyDescription("Whether CLI and LM Studio understand each other, as their last conversation showed;"
                + " absent when there was none.")
        @Nullable
        Boolean versionsMatch,

        @JsonPropertyDescription("The URL of LM Studio's HTTP API: spec.advertisedAddress, or what the agent uses.")
        @Nullable
        String apiAddress,

        @JsonPropertyDescription("Whether a request that names a downloaded model loads it (just-in-time loading).")
        @Nullable
        Feature jitLoading,

        @JsonPropertyDescription("Whether the HTTP API wants a token.") @Nullable
        Feature authentication,

        @JsonPropertyDescription(
                "Whether LM Studio also lists what other machines have (LM Link). Off when none is" + " listed.")
        @Nullable
        Feature lmLink,

        @JsonPropertyDescription(
                "Whether the agent runs lms: Closed; or Open: it failed too often in a row, and is tried"
                        + " again at the time that the condition Ready tells.")
        @Nullable
        CircuitBreaker circuitBreaker,

        @JsonPropertyDescription("Memory for models.") @Nullable
        NodeMemory memory,

        @Min(0)
        @JsonPropertyDescription("How many instances are loaded on this machine, foreign ones included.")
        @Nullable
        Integer loadedModels,

        @JsonPropertyDescription("What is loaded on this machine, by identifier; at most 100.") @Nullable
        List<NodeInstance> instances,

        @JsonPropertyDescription("What is on this machine's disk, by key; at most 100.") @Nullable
        List<NodeModel> models,

        @Min(0)
        @JsonPropertyDescription("How many models are on disk beyond those in models; absent when there are none.")
        @Nullable
        Integer moreModels,

        @JsonPropertyDescription("Ready: whether LM Studio can be driven and its models can be proven. While it is not"
                + " True, what is loaded and on disk is as it was known last. Reconciling and Stalled do not occur.")
        @Nullable
        List<Condition> conditions) {

    /** How many models, and how many instances, a status lists at most. */
    public static final int LONGEST_LIST = 100;

    /** As the API server makes it. */
    public static final LMStudioNodeStatus UNOBSERVED = new LMStudioNodeStatus(
            -1L, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /** One that says nothing but these conditions: what the controller applies. */
    public static LMStudioNodeStatus saying(List<Condition> conditions) {
        return new LMStudioNodeStatus(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, conditions);
    }

    /** The same, with these conditions. */
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
}
