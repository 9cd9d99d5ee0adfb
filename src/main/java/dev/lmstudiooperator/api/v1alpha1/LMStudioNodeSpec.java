package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import java.util.Map;
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

    /**
     * Schema of {@link LMStudioNodeSpec#allowedNamespaces}, used only to generate the CRD. Kubernetes validates label
     * selectors only in its own types, so this record repeats the rules.
     */
    record AllowedNamespaces(
            @Size(max = 32) @JsonPropertyDescription("Labels that the namespace must have, at most 32.") @Nullable
            Map<String, @Size(max = 63) String> matchLabels,

            @Size(max = 32)
            @JsonPropertyDescription("Requirements that the labels of the namespace must all fulfill, at most 32.")
            @Nullable
            List<Expression> matchExpressions) {

        @ValidationRule(
                value = "!(self.operator in ['In', 'NotIn']) || has(self.values) && size(self.values) > 0",
                message = "In and NotIn need at least one value; to check only for the label, use Exists or"
                        + " DoesNotExist")
        @ValidationRule(
                value = "!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || size(self.values) == 0",
                message = "Exists and DoesNotExist must not have values; to compare values, use In or NotIn")
        record Expression(
                @Required @Size(min = 1, max = 317) @JsonPropertyDescription("Key of the label.")
                String key,

                @Required
                @JsonPropertyDescription(
                        "In, NotIn: the label has, or does not have, one of the values; NotIn also matches a namespace"
                                + " without the label. Exists, DoesNotExist: the label is present, or absent.")
                Operator operator,

                @Size(max = 64)
                @JsonPropertyDescription("Values for In and NotIn, from 1 to 64; none for the other operators.")
                @Nullable
                List<@Size(max = 63) String> values) {}

        enum Operator {
            @JsonProperty("In")
            IN,
            @JsonProperty("NotIn")
            NOT_IN,
            @JsonProperty("Exists")
            EXISTS,
            @JsonProperty("DoesNotExist")
            DOES_NOT_EXIST
        }
    }
}
