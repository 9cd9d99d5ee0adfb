package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Observed state of a set. The controller writes it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ManagedModelSetStatus(
        @JsonPropertyDescription("Generation of the spec that this status refers to; -1 before the first observation.")
        @Nullable
        Long observedGeneration,

        @JsonPropertyDescription(
                "Number of replicas that the set should have: spec.replicas, or with everyNode the number"
                        + " of matching nodes.")
        @Nullable
        Integer desiredReplicas,

        @StatusReplicas
        @JsonPropertyDescription("Number of ManagedModels of the set, without those that are being deleted.")
        @Nullable
        Integer replicas,

        @JsonPropertyDescription("Number of ManagedModels that have the current template.") @Nullable
        Integer updatedReplicas,

        @JsonPropertyDescription("Number of ManagedModels that have the current template and fulfill it. An increase is"
                + " the progress of a rollout.")
        @Nullable
        Integer updatedReadyReplicas,

        @JsonPropertyDescription("Number of ManagedModels that are Ready.") @Nullable
        Integer readyReplicas,

        @JsonPropertyDescription(
                "Number of ManagedModels that clients can use: Available for at least minReadySeconds.")
        @Nullable
        Integer availableReplicas,

        @LabelSelector
        @JsonPropertyDescription(
                "Selector of the ManagedModels of the set, as the scale subresource reports it to autoscalers.")
        @Nullable
        String selector,

        @JsonPropertyDescription("Hash of the current template, as in the label lmstudio-operator.dev/template-hash.")
        @Nullable
        String templateHash,

        @JsonPropertyDescription(
                "Time at which the current rollout last made progress (RFC 3339); absent when no rollout"
                        + " is in progress.")
        @Nullable
        String progressTime,

        @JsonPropertyDescription(
                "Ready: every replica has the current template and is Ready. Available: clients can use"
                        + " at least one replica. Reconciling and Stalled: present only while True.")
        @Nullable
        List<Condition> conditions) {

    /** The status that the API server gives to a new object. */
    public static final ManagedModelSetStatus UNOBSERVED =
            new ManagedModelSetStatus(-1L, null, null, null, null, null, null, null, null, null, null);
}
