package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What should be true: which model, under which name, for how long, where, and how it is proven. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!(has(self.nodeName) && has(self.nodeSelector))",
        message = "set nodeName or nodeSelector, not both: nodeName pins one node, nodeSelector chooses by labels")
@ValidationRule(
        value = "has(self.nodeName) == has(oldSelf.nodeName)"
                + " && (!has(self.nodeName) || self.nodeName == oldSelf.nodeName)",
        message = "nodeName is immutable, as a Pod's: delete the ManagedModel and create it anew")
@ValidationRule(
        value = "has(self.nodeSelector) == has(oldSelf.nodeSelector)"
                + " && (!has(self.nodeSelector) || self.nodeSelector == oldSelf.nodeSelector)",
        message = "nodeSelector is immutable, as a Pod's: delete the ManagedModel and create it anew")
@ValidationRule(
        value = "has(self.identifier) == has(oldSelf.identifier)"
                + " && (!has(self.identifier) || self.identifier == oldSelf.identifier)",
        message = "identifier is immutable, since clients call it: delete the ManagedModel and create it anew")
@ValidationRule(
        value = "!has(self.pullPolicy) || self.pullPolicy != 'IfNotPresent' || " + Names.CATALOGUE_RULE,
        message = "with pullPolicy IfNotPresent, model " + Names.CATALOGUE_EXPLANATION)
public record ManagedModelSpec(
        @Required
        @Size(min = 1, max = 256)
        @ValidationRule(value = Names.RULE, message = "model " + Names.EXPLANATION + "; `lms ls` shows the keys")
        @JsonPropertyDescription("The exact key of the model, as `lms ls --json` lists it under modelKey, for example"
                + " qwen/qwen3-8b. It is never matched by similarity: a key that is not on the node's disk is the reason"
                + " ModelNotFound. A change drains and reloads.")
        String model,

        @Size(min = 1, max = 256)
        @ValidationRule(value = Names.RULE, message = "identifier " + Names.EXPLANATION)
        @JsonPropertyDescription("The name by which clients call the instance. Default: metadata.name. Better not a"
                + " model key: a request that comes just after an eviction would make LM Studio load the key by itself,"
                + " with its own settings. One that an older ManagedModel of the node has is the reason IdentifierConflict."
                + " Immutable.")
        @Nullable
        String identifier,

        @Min(30)
        @Max(604800)
        @JsonPropertyDescription("The idle time-to-live that LM Studio gets with every load, in seconds, from 30 to"
                + " 604800 (a week). Default: 600 with retention KeepLoaded, 300 with Temporary. There is no way to ask"
                + " for no TTL. A change drains and reloads.")
        @Nullable
        Integer ttlSeconds,

        @Default("KeepLoaded")
        @JsonPropertyDescription("KeepLoaded: the TTL is a lease that the agent renews, and a model that was evicted is"
                + " loaded again; the TTL says how soon the memory comes back when nobody renews any more. Temporary:"
                + " loaded once per change of model, TTL or load settings, or per new value of the annotation"
                + " lmstudio-operator.dev/reload, and left evicted when the TTL has run out; the TTL says how long an idle"
                + " model stays. Default: KeepLoaded.")
        @Nullable
        Retention retention,

        @Size(min = 1, max = NodeLease.LONGEST_NODE_NAME)
        @JsonPropertyDescription("Pins the ManagedModel to the node of this name. Default: any node that nodeSelector"
                + " allows. The choice is shown in status.nodeName. At most 248 characters. Immutable.")
        @Nullable
        String nodeName,

        @Size(max = 32)
        @JsonPropertyDescription("Labels that the node must have, at most 32. Not together with nodeName. Default:"
                + " none, any node will do. Immutable.")
        @Nullable
        Map<String, String> nodeSelector,

        @JsonPropertyDescription("Settings for the load. What is left out is LM Studio's own default. A change drains"
                + " and reloads, since LM Studio cannot change them on a loaded instance.")
        @Nullable
        LoadSettings load,

        @Default("Never")
        @JsonPropertyDescription("What happens when the model is not on the node's disk. Never: nothing; a person"
                + " downloads it there. IfNotPresent: the agent downloads it with `lms get`, and model must then be the"
                + " exact name in LM Studio's catalogue, owner/name. A download that breaks off goes on where it stopped;"
                + " a change to Never cancels it. Default: Never.")
        @Nullable
        PullPolicy pullPolicy,

        @Default("{}") @JsonPropertyDescription("How it is proven that the model is served.") @Nullable
        VerificationSpec verification,

        @Default("UnloadIfLoaded")
        @JsonPropertyDescription(
                "What happens to the instance when the ManagedModel is deleted. Unload: it is unloaded."
                        + " Retain: it stays until its TTL runs out. UnloadIfLoaded: unloaded if the agent loaded it, left if the"
                        + " agent found it loaded. Default: UnloadIfLoaded.")
        @Nullable
        DeletionPolicy deletionPolicy,

        @Default("60")
        @Min(0)
        @Max(3600)
        @JsonPropertyDescription(
                "How long a busy instance (generating, or with queued requests) is waited for before it"
                        + " is unloaded for a reload or a deletion, in seconds, from 0 to 3600. Default: 60.")
        @Nullable
        Integer drainSeconds,

        @Default("false")
        @JsonPropertyDescription("Stop acting on LM Studio, keep reporting. Default: false.")
        @Nullable
        Boolean suspend) {}
