package dev.lmstudiooperator.preflight;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a part of the operator does at the API server, as a rule of RBAC grants it.
 *
 * @param group of the API; empty for the core
 * @param resource with its subresource, if one is meant, behind a slash
 * @param namespace {@code null}: all of them, or the resource has none
 */
public record PolicyRule(String group, String resource, @Nullable String namespace, List<String> verbs) {

    /** In all namespaces. */
    public static PolicyRule anywhere(String group, String resource, String... verbs) {
        return new PolicyRule(group, resource, null, List.of(verbs));
    }

    public static PolicyRule in(String namespace, String group, String resource, String... verbs) {
        return new PolicyRule(group, resource, namespace, List.of(verbs));
    }

    PolicyRule only(List<String> some) {
        return new PolicyRule(group, resource, namespace, some);
    }

    boolean isForWatching() {
        return verbs.contains("list") || verbs.contains("watch");
    }

    @Override
    public String toString() {
        return "%s of %s%s%s"
                .formatted(
                        String.join(", ", verbs),
                        resource,
                        group.isEmpty() ? "" : " (%s)".formatted(group),
                        namespace == null ? "" : " in namespace " + namespace);
    }
}
