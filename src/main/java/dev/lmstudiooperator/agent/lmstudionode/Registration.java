package dev.lmstudiooperator.agent.lmstudionode;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The metadata that the agent writes to its LMStudioNode. Labels select the node. The owner reference deletes it
 * together with its Kubernetes Node. Labels and owners that others add stay.
 *
 * @param owner null if there is no Kubernetes Node with this name
 */
record Registration(
        String name, Map<String, String> labels, @Nullable OwnerReference owner) {

    static Registration of(NodeStatusSyncer.Settings settings, @Nullable Node node) {
        Map<String, String> labels = new TreeMap<>();
        if (node != null) {
            labels.putAll(labels(node.getMetadata()));
        }
        labels.putAll(settings.labels());
        return new Registration(settings.name(), labels, node == null ? null : reference(node));
    }

    LMStudioNode applied() {
        LMStudioNode applied = new LMStudioNode();
        applied.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withLabels(labels)
                .withOwnerReferences(owner == null ? List.of() : List.of(owner))
                .build());
        return applied;
    }

    /** Whether the object has these labels and this owner. */
    boolean matches(LMStudioNode node) {
        ObjectMeta metadata = node.getMetadata();
        return labels(metadata).entrySet().containsAll(labels.entrySet())
                && (owner == null || metadata.getOwnerReferences().contains(owner));
    }

    private static Map<String, String> labels(ObjectMeta metadata) {
        return requireNonNullElse(metadata.getLabels(), Map.of());
    }

    private static OwnerReference reference(Node node) {
        return new OwnerReferenceBuilder()
                .withApiVersion(node.getApiVersion())
                .withKind(node.getKind())
                .withName(node.getMetadata().getName())
                .withUid(node.getMetadata().getUid())
                .build();
    }
}
