package dev.lmstudiooperator.preflight;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * API server permissions of a component, in the form of an RBAC rule.
 *
 * @param group the API group; empty for the core group
 * @param resource the resource; a subresource follows after a slash
 * @param namespace {@code null} for all namespaces or for a cluster-scoped resource
 */
public record PolicyRule(
        String group, String resource, @Nullable String namespace, List<String> verbs) {

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
