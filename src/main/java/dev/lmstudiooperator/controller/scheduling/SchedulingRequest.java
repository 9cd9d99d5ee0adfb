package dev.lmstudiooperator.controller.scheduling;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requirements of a ManagedModel for a node.
 *
 * @param pin the only allowed node; null for any
 * @param modelBytes the largest size that any node lists for the model, whether the node fits or not; null if none does
 */
record SchedulingRequest(
        String model,
        @Nullable String pin,
        Map<String, String> selector,
        Map<String, String> namespaceLabels,
        @Nullable Long modelBytes) {

    static SchedulingRequest of(
            ManagedModelSpec spec, Map<String, String> namespaceLabels, Collection<NodeInfo> nodes) {
        return new SchedulingRequest(
                spec.model(),
                spec.nodeName(),
                requireNonNullElse(spec.nodeSelector(), Map.of()),
                namespaceLabels,
                nodes.stream()
                        .map(node -> node.models().getOrDefault(spec.model(), 0L))
                        .filter(bytes -> bytes > 0)
                        .max(Long::compare)
                        .orElse(null));
    }
}
