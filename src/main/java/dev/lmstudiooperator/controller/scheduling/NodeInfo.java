package dev.lmstudiooperator.controller.scheduling;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeSpec;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.NodeMemory;
import dev.lmstudiooperator.api.v1alpha1.NodeModel;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node has to say for itself when a ManagedModel looks for one. It is made once per version of its LMStudioNode: a
 * heartbeat, or a further binding, changes {@link #with two values} only.
 *
 * @param isAlive whether its agent renews its lease
 * @param isReady whether its LM Studio can be driven
 * @param allowedNamespaces the namespaces that it is for; null for all
 * @param models what is on its disk, by key, in bytes; 0 where the size is not known. A node lists no more than
 *     {@link LMStudioNodeStatus#LONGEST_LIST}: what it leaves out counts as not there, which costs a preference only
 * @param freeBytes memory that is neither reserved nor taken by what is loaded; null when it is not known
 * @param boundModels how many ManagedModels are bound to it, loaded or not
 */
public record NodeInfo(
        String name,
        Map<String, String> labels,
        boolean isAlive,
        boolean isUnschedulable,
        boolean isReady,
        @Nullable LabelSelector allowedNamespaces,
        Map<String, Long> models,
        @Nullable Long freeBytes,
        int boundModels) {

    public static NodeInfo of(LMStudioNode node, boolean isAlive, int boundModels) {
        LMStudioNodeSpec spec = requireNonNullElse(node.getSpec(), LMStudioNodeSpec.DEFAULTS);
        LMStudioNodeStatus status = requireNonNullElse(node.getStatus(), LMStudioNodeStatus.UNOBSERVED);
        return new NodeInfo(
                node.getMetadata().getName(),
                requireNonNullElse(node.getMetadata().getLabels(), Map.of()),
                isAlive,
                requireNonNullElse(spec.unschedulable(), false),
                isReady(status),
                spec.allowedNamespaces(),
                models(status),
                freeBytes(spec, status.memory()),
                boundModels);
    }

    public NodeInfo with(boolean isAliveNow, int boundModelsNow) {
        return new NodeInfo(
                name,
                labels,
                isAliveNow,
                isUnschedulable,
                isReady,
                allowedNamespaces,
                models,
                freeBytes,
                boundModelsNow);
    }

    private static boolean isReady(LMStudioNodeStatus status) {
        return requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
                .anyMatch(condition -> ConditionType.READY.text().equals(condition.getType())
                        && ConditionStatus.TRUE.text().equals(condition.getStatus()));
    }

    private static Map<String, Long> models(LMStudioNodeStatus status) {
        Map<String, Long> sizes = new HashMap<>();
        for (NodeModel model : requireNonNullElse(status.models(), List.<NodeModel>of())) {
            sizes.put(model.key(), requireNonNullElse(model.sizeBytes(), 0L));
        }
        return sizes;
    }

    private static @Nullable Long freeBytes(LMStudioNodeSpec spec, @Nullable NodeMemory memory) {
        if (memory == null || memory.capacityBytes() == null || memory.loadedBytes() == null) {
            return null;
        }
        long forModels = memory.capacityBytes() - requireNonNullElse(spec.reservedMemoryBytes(), 0L);
        return Math.max(0, forModels) - memory.loadedBytes();
    }
}
