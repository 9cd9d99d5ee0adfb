package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Desired state of a set. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!self.everyNode || self.replicas == 1",
        message = "with everyNode, the nodes determine the number of replicas, so replicas must stay 1; to choose the"
                + " number, set everyNode to false")
@ValidationRule(
        value = "!self.everyNode || !has(self.replaceAfterSeconds)",
        message = "with everyNode, a replica belongs to its node and is not replaced elsewhere: remove"
                + " replaceAfterSeconds")
@ValidationRule(
        value = "!self.everyNode || !has(self.updateStrategy) || !has(self.updateStrategy.maxSurge)"
                + " || string(self.updateStrategy.maxSurge) in ['0', '0%']",
        message = "with everyNode, no node is free for another replica: remove updateStrategy.maxSurge")
@ValidationRule(
        value = "self.progressDeadlineSeconds > self.minReadySeconds",
        message = "progressDeadlineSeconds must be more than minReadySeconds, otherwise every rollout fails")
public record ManagedModelSetSpec(
        @SpecReplicas
        @Default("1")
        @Min(0)
        @Max(10000)
        @JsonPropertyDescription(
                "Number of nodes that serve the model, from 0 to 10000. `kubectl scale` and autoscalers change it."
                        + " Must be 1 with everyNode, where it has no meaning. Default: 1.")
        @Nullable
        Integer replicas,

        @Default("false")
        @JsonPropertyDescription(
                "Serves the model on every node that matches template.spec.nodeSelector and allows the namespace,"
                        + " including nodes that join later. Default: false.")
        @Nullable
        Boolean everyNode,

        @Required @JsonPropertyDescription("Template of the ManagedModels.")
        Template template,

        @Default("{}") @JsonPropertyDescription("How the ManagedModels follow a change of the template.") @Nullable
        UpdateStrategy updateStrategy,

        @Default("0")
        @Min(0)
        @Max(3600)
        @JsonPropertyDescription(
                "How long a replica must be Available before it counts as available, in seconds, from 0 to 3600."
                        + " Default: 0.")
        @Nullable
        Integer minReadySeconds,

        @Default("600")
        @Min(1)
        @Max(604800)
        @JsonPropertyDescription(
                "How long a rollout may make no progress before it has failed, in seconds, from 1 to 604800. It must"
                        + " exceed the time of a load, and of a download with pullPolicy IfNotPresent. A failed rollout"
                        + " updates no further replica; it continues when an updated replica becomes Ready or the template"
                        + " changes. Default: 600.")
        @Nullable
        Integer progressDeadlineSeconds,

        @Min(30)
        @Max(604800)
        @JsonPropertyDescription(
                "How long the agent of a node may be lost before a replica is created on another node, in seconds,"
                        + " from 30 to 604800. Not allowed with everyNode. Default: 300.")
        @Nullable
        Integer replaceAfterSeconds) {

    public static final int DEFAULT_REPLACE_AFTER_SECONDS = 300;
    public static final int DEFAULT_PROGRESS_DEADLINE_SECONDS = 600;

    /** Template of the ManagedModels of a set. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Template(
            @JsonPropertyDescription("Labels and annotations of the ManagedModels.") @Nullable
            TemplateMetadata metadata,

            @Required @JsonPropertyDescription("Spec of the ManagedModels: as in a ManagedModel, without nodeName.")
            ManagedModelSpec spec) {}

    /** Labels and annotations that each ManagedModel gets. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TemplateMetadata(
            @Size(max = 32)
            @ValidationRule(
                    value = "self.all(key, !key.startsWith('" + ManagedModel.GROUP + "/'))",
                    message = "labels must not begin with " + ManagedModel.GROUP + "/, because the operator sets those")
            @ValidationRule(
                    value = "self.all(key, key.matches('" + KEY + "'))",
                    message = "the key of a label must be a name of at most 63 letters, digits, '-', '_' and '.', with"
                            + " an optional DNS prefix and a slash")
            @ValidationRule(
                    value = "self.all(key, self[key].matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$'))",
                    message = "the value of a label must consist of letters, digits, '-', '_' and '.', and begin and"
                            + " end with a letter or a digit")
            @JsonPropertyDescription(
                    "Labels of the ManagedModels, at most 32, for example for the selector of a Service. The prefix"
                            + " lmstudio-operator.dev/ is not allowed. Default: none.")
            @Nullable
            Map<String, @Size(max = 63) String> labels,

            @Size(max = 32)
            @ValidationRule(
                    value = "self.all(key, key.matches('" + KEY + "'))",
                    message = "the key of an annotation must be a name of at most 63 letters, digits, '-', '_' and '.',"
                            + " with an optional DNS prefix and a slash")
            @JsonPropertyDescription(
                    "Annotations of the ManagedModels, at most 32 with at most 4096 characters each. Default: none.")
            @Nullable
            Map<String, @Size(max = 4096) String> annotations) {

        /** Pattern of the keys of labels and annotations. */
        static final String KEY = "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
    }

    /** How the ManagedModels follow a change of the template. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @ValidationRule(
            value = "!has(self.maxUnavailable) || !(string(self.maxUnavailable) in ['0', '0%'])"
                    + " || has(self.maxSurge) && !(string(self.maxSurge) in ['0', '0%'])",
            message = "maxUnavailable and maxSurge must not both be 0, otherwise no replica could be updated")
    public record UpdateStrategy(
            @Default("RollingUpdate")
            @JsonPropertyDescription(
                    "RollingUpdate: the controller updates the replicas in turn. A change that a ManagedModel can take"
                            + " is applied in place; another one, of identifier or nodeSelector, replaces it. OnDelete:"
                            + " a ManagedModel gets the new template when you delete it. Default: RollingUpdate.")
            @Nullable
            UpdateType type,

            @Default("1")
            @ValidationRule(value = AMOUNT_RULE, message = "maxUnavailable " + AMOUNT_EXPLANATION)
            @JsonPropertyDescription(
                    "How many replicas may be not Available during a rollout: a number from 0 to 10000, or a"
                            + " percentage of the replicas, rounded down. Default: 1.")
            @Nullable
            IntOrString maxUnavailable,

            @Default("0")
            @ValidationRule(value = AMOUNT_RULE, message = "maxSurge " + AMOUNT_EXPLANATION)
            @JsonPropertyDescription(
                    "How many replicas a rollout may add while it runs, where nodes are free: a number from 0 to"
                            + " 10000, or a percentage of the replicas, rounded up. Must be 0 with everyNode. Default: 0.")
            @Nullable
            IntOrString maxSurge) {

        static final String AMOUNT_RULE =
                "type(self) == int ? self >= 0 && self <= 10000 : self.matches('^(100|[1-9]?[0-9])%$')";

        static final String AMOUNT_EXPLANATION = "must be a number from 0 to 10000, or a percentage such as 25%";

        public static final UpdateStrategy DEFAULTS = new UpdateStrategy(null, null, null);
    }

    /** When a ManagedModel gets a changed template. */
    public enum UpdateType {
        /** The controller updates the replicas in turn. */
        @JsonProperty("RollingUpdate")
        ROLLING_UPDATE,
        /** A replica is updated when a user deletes it. */
        @JsonProperty("OnDelete")
        ON_DELETE
    }
}
