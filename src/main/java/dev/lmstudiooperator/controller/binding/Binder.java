package dev.lmstudiooperator.controller.binding;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import java.util.Map;
import java.util.stream.Collectors;

/** Chooses a node by the rules of the spec. With one node there is one choice: it fits, or nothing does. */
final class Binder {

    private final String nodeName;
    private final Map<String, String> nodeLabels;

    Binder(String nodeName, Map<String, String> nodeLabels) {
        this.nodeName = nodeName;
        this.nodeLabels = nodeLabels;
    }

    Binding bind(ManagedModelSpec spec) {
        String pinned = spec.nodeName();
        if (pinned != null && !pinned.equals(nodeName)) {
            return new Binding.Unbound(
                    "0/1 nodes fit: spec.nodeName asks for %s, and there is only %s".formatted(pinned, nodeName));
        }
        Map<String, String> missing = missingLabels(spec);
        return missing.isEmpty()
                ? new Binding.Bound(nodeName, "Bound to " + nodeName)
                : new Binding.Unbound(
                        "0/1 nodes fit: %s lacks the labels %s of spec.nodeSelector".formatted(nodeName, missing));
    }

    private Map<String, String> missingLabels(ManagedModelSpec spec) {
        Map<String, String> selector = spec.nodeSelector();
        return selector == null
                ? Map.of()
                : selector.entrySet().stream()
                        .filter(label -> !label.getValue().equals(nodeLabels.get(label.getKey())))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
