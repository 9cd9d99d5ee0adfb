package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the API server takes for {@link LMStudioNodeSpec#allowedNamespaces}. Kubernetes checks a label selector only in its own
 * types; in others whoever reads it would have to find out what a wrong one means. Only the schema is made of it.
 */
record AllowedNamespaces(
        @Size(max = 32) @JsonPropertyDescription("Labels that the namespace must have, at most 32.") @Nullable
        Map<String, @Size(max = 63) String> matchLabels,

        @Size(max = 32)
        @JsonPropertyDescription("Conditions that must all hold for the labels of the namespace, at most 32.")
        @Nullable
        List<Expression> matchExpressions) {

    @ValidationRule(
            value = "!(self.operator in ['In', 'NotIn']) || has(self.values) && size(self.values) > 0",
            message = "In and NotIn need at least one value; to ask only whether the label is there, write Exists or"
                    + " DoesNotExist")
    @ValidationRule(
            value = "!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || size(self.values) == 0",
            message = "Exists and DoesNotExist take no values; to compare the label with values, write In or NotIn")
    record Expression(
            @Required @Size(min = 1, max = 317) @JsonPropertyDescription("The key of the label.")
            String key,

            @Required
            @JsonPropertyDescription("In, NotIn: the label has, or has not, one of values; NotIn holds for a namespace"
                    + " without the label too. Exists, DoesNotExist: the label is there, or is not.")
            Operator operator,

            @Size(max = 64) @JsonPropertyDescription("For In and NotIn, from 1 to 64; for the others none.") @Nullable
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
