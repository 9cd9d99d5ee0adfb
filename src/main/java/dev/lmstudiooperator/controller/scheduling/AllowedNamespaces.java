package dev.lmstudiooperator.controller.scheduling;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the label selector by which a node allows namespaces, with the semantics of Kubernetes. The API server does
 * not validate selectors in a custom resource. An invalid selector allows no namespace, because its intent is unknown.
 *
 * @param selector null allows every namespace
 */
record AllowedNamespaces(@Nullable LabelSelector selector) {

    /** Whether every requirement is valid. */
    boolean isReadable() {
        return requirements().stream().allMatch(AllowedNamespaces::isReadable);
    }

    boolean allow(Map<String, String> namespaceLabels) {
        return isReadable()
                && namespaceLabels.entrySet().containsAll(matchLabels().entrySet())
                && requirements().stream().allMatch(requirement -> isMet(requirement, namespaceLabels));
    }

    private Map<String, String> matchLabels() {
        return selector == null ? Map.of() : requireNonNullElse(selector.getMatchLabels(), Map.of());
    }

    private List<LabelSelectorRequirement> requirements() {
        return selector == null ? List.of() : requireNonNullElse(selector.getMatchExpressions(), List.of());
    }

    private static boolean isReadable(LabelSelectorRequirement requirement) {
        String operator = requireNonNullElse(requirement.getOperator(), "");
        boolean hasValues = !values(requirement).isEmpty();
        boolean isWhole =
                switch (operator) {
                    case "In", "NotIn" -> hasValues;
                    case "Exists", "DoesNotExist" -> !hasValues;
                    default -> false;
                };
        return isWhole && requirement.getKey() != null;
    }

    private static boolean isMet(LabelSelectorRequirement requirement, Map<String, String> labels) {
        String value = labels.get(requirement.getKey());
        boolean isThere = labels.containsKey(requirement.getKey());
        return switch (requirement.getOperator()) {
            case "In" -> isThere && values(requirement).contains(value);
            case "NotIn" -> !isThere || !values(requirement).contains(value);
            case "Exists" -> isThere;
            case "DoesNotExist" -> !isThere;
            default -> false;
        };
    }

    private static List<String> values(LabelSelectorRequirement requirement) {
        return requireNonNullElse(requirement.getValues(), List.of());
    }
}
