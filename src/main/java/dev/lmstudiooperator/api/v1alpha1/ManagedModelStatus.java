package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SelectableField;
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
                        + " Stalled: present only while True. Scheduled: a node was chosen.")
        @Nullable
        List<Condition> conditions) {

    /** The status that the API server gives to a new object. */
    public static final ManagedModelStatus UNOBSERVED =
            new ManagedModelStatus(-1L, null, null, null, null, null, null, null, null, null, null, null, null);
}
