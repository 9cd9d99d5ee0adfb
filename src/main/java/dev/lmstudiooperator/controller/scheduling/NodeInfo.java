package dev.lmstudiooperator.controller.scheduling;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeSpec;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeMemory;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeModel;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes a node to the scheduler. It is created once per version of its LMStudioNode. A heartbeat, or another
 * scheduled ManagedModel, changes only {@link #with two values}.
 *
 * @param isAlive whether its agent renews its Lease
 * @param isReady whether its agent can operate its LM Studio
 * @param allowedNamespaces the namespaces that it allows; null for all
 * @param models models on its disk: size in bytes by model key; 0 if the size is unknown. A node lists at most
 *     {@link LMStudioNodeStatus#LONGEST_LIST} models. Omitted models count as absent, which affects only the score
 * @param freeBytes memory that is neither reserved nor used by loaded models; null if unknown
 * @param boundModels number of ManagedModels scheduled to it, loaded or not
 */
record NodeInfo(
        String name,
        Map<String, String> labels,
        boolean isAlive,
        boolean isUnschedulable,
        boolean isReady,
        @Nullable LabelSelector allowedNamespaces,
        Map<String, Long> models,
        @Nullable Long freeBytes,
        int boundModels) {

    /** The node if it is alive and has no ManagedModels. */
    static NodeInfo of(LMStudioNode node) {
        LMStudioNodeSpec spec = requireNonNullElse(node.getSpec(), LMStudioNodeSpec.DEFAULTS);
        LMStudioNodeStatus status = requireNonNullElse(node.getStatus(), LMStudioNodeStatus.UNOBSERVED);
        return new NodeInfo(
                node.getMetadata().getName(),
                requireNonNullElse(node.getMetadata().getLabels(), Map.of()),
                true,
                requireNonNullElse(spec.unschedulable(), false),
                StatusConditions.isTrue(status.conditions(), ConditionType.READY),
                spec.allowedNamespaces(),
                models(status),
                freeBytes(spec, status.memory()),
                0);
    }

    NodeInfo with(boolean isAliveNow, int boundModelsNow) {
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
