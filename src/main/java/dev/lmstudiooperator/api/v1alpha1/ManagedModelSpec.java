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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Desired state of the model. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!(has(self.nodeName) && has(self.nodeSelector))",
        message = "set either nodeName or nodeSelector, not both")
@ValidationRule(
        value = "has(self.nodeName) == has(oldSelf.nodeName)"
                + " && (!has(self.nodeName) || self.nodeName == oldSelf.nodeName)",
        message = "nodeName is immutable: delete the ManagedModel and create a new one")
@ValidationRule(
        value = "has(self.nodeSelector) == has(oldSelf.nodeSelector)"
                + " && (!has(self.nodeSelector) || self.nodeSelector == oldSelf.nodeSelector)",
        message = "nodeSelector is immutable: delete the ManagedModel and create a new one")
@ValidationRule(
        value = "has(self.identifier) == has(oldSelf.identifier)"
                + " && (!has(self.identifier) || self.identifier == oldSelf.identifier)",
        message = "identifier is immutable: delete the ManagedModel and create a new one")
@ValidationRule(
        value = "!has(self.pullPolicy) || self.pullPolicy != 'IfNotPresent' || " + ManagedModelSpec.CATALOGUE_RULE,
        message = "with pullPolicy IfNotPresent, model " + ManagedModelSpec.CATALOGUE_EXPLANATION)
public record ManagedModelSpec(
        @Required
        @Size(min = 1, max = 256)
        @ValidationRule(value = NAME_RULE, message = "model " + NAME_EXPLANATION + "; `lms ls` shows the keys")
        @JsonPropertyDescription(
                "Exact key of the model, as `lms ls --json` lists it under modelKey, for example qwen/qwen3-8b."
                        + " There is no match by similarity: if the key is not on the node's disk, the reason is"
                        + " ModelNotFound. A change drains and reloads the model.")
        String model,

        @Size(min = 1, max = 256)
        @ValidationRule(value = NAME_RULE, message = "identifier " + NAME_EXPLANATION)
        @JsonPropertyDescription(
                "Name that clients use for the instance. Default: metadata.name. Avoid a model key: after an"
                        + " eviction, a request with that key would make LM Studio load the model by itself, with its own"
                        + " settings. If an older ManagedModel on the node has the same identifier, the reason is"
                        + " IdentifierConflict. Immutable.")
        @Nullable
        String identifier,

        @Min(30)
        @Max(604800)
        @JsonPropertyDescription(
                "Idle TTL in seconds that every load passes to LM Studio, from 30 to 604800 (one week). Default:"
                        + " 600 with retention KeepLoaded, 300 with Temporary. A load without a TTL is not possible. A"
                        + " change drains and reloads the model.")
        @Nullable
        Integer ttlSeconds,

        @Default("KeepLoaded")
        @JsonPropertyDescription(
                "KeepLoaded: the agent renews the TTL, and loads the model again after an eviction; the TTL"
                        + " limits how long the model stays loaded without an agent. Temporary: the agent loads the model"
                        + " once for each change of the model, TTL or load settings, and for each new value of the"
                        + " annotation lmstudio-operator.dev/reload; LM Studio unloads it when it was idle for the TTL."
                        + " Default: KeepLoaded.")
        @Nullable
        Retention retention,

        @Size(min = 1, max = NodeLease.LONGEST_NODE_NAME)
        @JsonPropertyDescription("Name of the node for the ManagedModel. Default: any node that nodeSelector allows."
                + " status.nodeName shows the scheduled node. At most 248 characters. Immutable.")
        @Nullable
        String nodeName,

        @Size(max = 32)
        @JsonPropertyDescription(
                "Labels that the node must have, at most 32. Not allowed together with nodeName. Default: none,"
                        + " any node fits. Immutable.")
        @Nullable
        Map<String, String> nodeSelector,

        @JsonPropertyDescription(
                "Settings for the load. An omitted setting is LM Studio's own default. A change drains and"
                        + " reloads the model, because LM Studio cannot change the settings of a loaded instance.")
        @Nullable
        LoadSettings load,

        @Default("Never")
        @JsonPropertyDescription(
                "What the agent does if the model is not on the node's disk. Never: nothing; you download it on"
                        + " the node. IfNotPresent: the agent downloads it with `lms get`; model must then be the exact"
                        + " name in LM Studio's catalogue, owner/name. An interrupted download is resumed; a change to"
                        + " Never cancels it. Default: Never.")
        @Nullable
        PullPolicy pullPolicy,

        @Default("{}") @JsonPropertyDescription("How the agent verifies that the model is served.") @Nullable
        VerificationSpec verification,

        @Default("UnloadIfLoaded")
        @JsonPropertyDescription(
                "What the agent does with the instance when the ManagedModel is deleted. Unload: unloads it."
                        + " Retain: keeps it until its TTL expires. UnloadIfLoaded: unloads it if the agent loaded it, and"
                        + " keeps it if the agent adopted it. Default: UnloadIfLoaded.")
        @Nullable
        DeletionPolicy deletionPolicy,

        @Default("60")
        @Min(0)
        @Max(3600)
        @JsonPropertyDescription(
                "How long the agent waits for a busy instance (generating, or with queued requests) before it"
                        + " unloads it for a reload or a deletion, in seconds, from 0 to 3600. Default: 60.")
        @Nullable
        Integer drainSeconds,

        @Default("false")
        @JsonPropertyDescription(
                "Suspends reconciliation. The agent continues to report the status but makes no changes."
                        + " Default: false.")
        @Nullable
        Boolean suspend) {

    /** Pattern of model keys and identifiers. Both become command-line arguments and parts of a URL. */
    static final String NAME_RULE = "self.matches('^[A-Za-z0-9][A-Za-z0-9._@:/+-]*$') && !self.contains('..')";

    static final String NAME_EXPLANATION =
            "must begin with a letter or a digit and may contain letters, digits and . _ - / @ : +"
                    + ", but not '..', spaces, control characters or shell metacharacters";

    /** For any other name, `lms get` runs a search and downloads the first result. It also converts names to lower case. */
    static final String CATALOGUE_RULE = "self.model.matches('^[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*$')";

    static final String CATALOGUE_EXPLANATION =
            "must be an exact name in LM Studio's catalogue, owner/name in lower case, such as qwen/qwen3-8b: any"
                    + " other name would download the first search hit. Use that name, or set pullPolicy to Never and"
                    + " download the model on the node with `lms get`";

    /** Whether the agent renews a model's TTL. */
    public enum Retention {
        /** The agent renews the TTL, and loads an evicted model again. */
        @JsonProperty("KeepLoaded")
        KEEP_LOADED,
        /** The agent loads the model once per load revision, and does not load it again after its TTL expires. */
        @JsonProperty("Temporary")
        TEMPORARY
    }

    /** Whether a model that is not on the node's disk is downloaded. */
    public enum PullPolicy {
        /** The agent downloads nothing. */
        @JsonProperty("Never")
        NEVER,
        /** The agent downloads it from LM Studio's catalogue, once. */
        @JsonProperty("IfNotPresent")
        IF_NOT_PRESENT
    }
}
