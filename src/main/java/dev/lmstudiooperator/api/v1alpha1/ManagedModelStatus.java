package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was observed and proven. The controller writes {@code nodeName} and {@code Scheduled}, the node's agent the rest. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ManagedModelStatus(
        @JsonPropertyDescription("The generation of the spec that this status speaks of; -1 before the first look.")
        @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("One word for people. Programs read the conditions.") @Nullable
        Phase phase,

        @SelectableField
        @JsonPropertyDescription("The node whose agent serves this ManagedModel. Set once by the controller.")
        @Nullable
        String nodeName,

        @JsonPropertyDescription("The load revision that the agent has begun to load: a hash over model, TTL, load"
                + " settings and the reload annotation. Written before the load, so that a crash does not load twice.")
        @Nullable
        String loadRevision,

        @JsonPropertyDescription(
                "The load revision that was last loaded successfully. A Temporary model is loaded once per"
                        + " revision. A load that was cut off, for example by a restart of the agent, does not count.")
        @Nullable
        String loadedRevision,

        @JsonPropertyDescription("The loaded instance, as LM Studio describes it; absent when it is not loaded.")
        @Nullable
        InstanceStatus instance,

        @JsonPropertyDescription(
                "The download of the model; present only while it is under way, or when it failed" + " midway.")
        @Nullable
        DownloadStatus download,

        @JsonPropertyDescription("The last check that changed something.") @Nullable
        VerificationStatus verification,

        @JsonPropertyDescription("The last way from 'differs from the spec' to Ready or Stalled.") @Nullable
        ConvergenceStatus convergence,

        @JsonPropertyDescription("How many loads of this ManagedModel have succeeded.") @Nullable
        Integer loads,

        @JsonPropertyDescription("How many times its instance vanished without the agent's doing.") @Nullable
        Integer evictions,

        @JsonPropertyDescription("The failure that stands in the way; absent when there is none.") @Nullable
        LastError lastError,

        @JsonPropertyDescription("Ready: what the spec asks for is true now. Available: clients can use the model now."
                + " Reconciling and Stalled: present only while true. Scheduled: a node was chosen.")
        @Nullable
        List<Condition> conditions) {

    /** The status that the API server gives to a new object. */
    public static final ManagedModelStatus UNOBSERVED =
            new ManagedModelStatus(-1L, null, null, null, null, null, null, null, null, null, null, null, null);
}
