package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Waits for memory when a model does not fit, and reports the loaded models. The agent does not evict other models to
 * make room.
 */
final class MemoryRules {

    private static final int HOLDERS_TOLD = 5;

    private MemoryRules() {}

    static Optional<Decision> awaitMemory(PlanInput s) {
        return Backoff.pending(s)
                .filter(retry -> retry.failure().reason() == Reason.INSUFFICIENT_MEMORY)
                .map(retry -> Decision.restUntil(
                        retry.at(),
                        ConditionSummary.underWay(
                                ConditionStatus.FALSE,
                                Reason.INSUFFICIENT_MEMORY,
                                "%s.%s %s. Retrying when an instance is unloaded, or at %s"
                                        .formatted(
                                                retry.failure().message(),
                                                sizeOnDisk(s),
                                                holders(s),
                                                s.wall(retry.at())))));
    }

    private static String sizeOnDisk(PlanInput s) {
        return s.observation().localModels(s.desired().modelKey()).stream()
                .findFirst()
                .map(model -> " The model is %s on disk.".formatted(ByteFormat.text(model.sizeBytes())))
                .orElse("");
    }

    private static String holders(PlanInput s) {
        List<Instance> holders = s.observation().localInstances().stream()
                .sorted(Comparator.comparingLong(Instance::sizeBytes).reversed().thenComparing(Instance::identifier))
                .toList();
        if (holders.isEmpty()) {
            return "No models are loaded, so another process is using the memory";
        }
        String listed = holders.stream()
                .limit(HOLDERS_TOLD)
                .map(holder -> "%s (%s, %s)"
                        .formatted(holder.identifier(), holder.modelKey(), ByteFormat.text(holder.sizeBytes())))
                .collect(Collectors.joining(", "));
        int rest = holders.size() - HOLDERS_TOLD;
        return "Loaded models: %s%s".formatted(listed, rest > 0 ? " and %d more".formatted(rest) : "");
    }
}
