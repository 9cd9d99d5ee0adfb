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

/** What people say of a node. The agent never writes it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LMStudioNodeSpec(
        @Default("false")
        @JsonPropertyDescription("Bind no further ManagedModel to this node; what is bound stays. Default: false.")
        @Nullable
        Boolean unschedulable,

        @Min(0)
        @JsonPropertyDescription("Memory that is not for ManagedModels, in bytes; taken off the node's capacity when a"
                + " node is chosen. Nothing is evicted for it. Default: 0.")
        @Nullable
        Long reservedMemoryBytes,

        @Size(min = 1, max = 256)
        @ValidationRule(
                value = "isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHostname() != ''",
                message = "advertisedAddress must be a URL with scheme http or https and a host, such as"
                        + " http://gpu-1.example.org:1234")
        @ValidationRule(
                value = "!self.matches('^[^/]*//[^/?#]*@')",
                message = "advertisedAddress must hold no user and no password, since everybody may read it")
        @JsonPropertyDescription("The URL at which clients reach LM Studio's HTTP API. Shown in status.apiAddress."
                + " Default: the URL that the agent itself uses, which may be one of the loopback interface.")
        @Nullable
        String advertisedAddress,

        @SchemaFrom(type = AllowedNamespaces.class)
        @JsonPropertyDescription("Which namespaces' ManagedModels may be bound to this node, by the labels of the"
                + " namespace; what is bound stays. Default: all.")
        @Nullable
        LabelSelector allowedNamespaces) {

    public static final LMStudioNodeSpec DEFAULTS = new LMStudioNodeSpec(null, null, null, null);
}
