package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;
import org.jspecify.annotations.Nullable;

/** Desired configuration of a node. The agent never writes it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LMStudioNodeSpec(
        @Default("false")
        @JsonPropertyDescription(
                "Prevents further ManagedModels from being scheduled to this node; those on the node stay."
                        + " Default: false.")
        @Nullable
        Boolean unschedulable,

        @Min(0)
        @JsonPropertyDescription(
                "Memory that is not available for ManagedModels, in bytes. It reduces the capacity of the node"
                        + " for scheduling, and evicts nothing. Default: 0.")
        @Nullable
        Long reservedMemoryBytes,

        @Size(min = 1, max = 256)
        @ValidationRule(
                value = "isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHostname() != ''",
                message = "advertisedAddress must be a URL with scheme http or https and a host, such as"
                        + " http://gpu-1.example.org:1234")
        @ValidationRule(
                value = "!self.matches('^[^/]*//[^/?#]*@')",
                message = "advertisedAddress must not contain a user name or a password")
        @JsonPropertyDescription(
                "URL at which clients reach LM Studio's HTTP API. It is shown in status.apiAddress. Default: the"
                        + " URL that the agent uses, which can be a loopback address.")
        @Nullable
        String advertisedAddress,

        @SchemaFrom(type = AllowedNamespaces.class)
        @JsonPropertyDescription(
                "Selects the namespaces whose ManagedModels may be scheduled to this node, by labels of the"
                        + " namespace; those on the node stay. Default: all namespaces.")
        @Nullable
        LabelSelector allowedNamespaces) {

    public static final LMStudioNodeSpec DEFAULTS = new LMStudioNodeSpec(null, null, null, null);
}
