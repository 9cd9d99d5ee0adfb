package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Loads a missing model. These rules are evaluated last, when no instance exists. */
final class LoadRules {

    private static final int LONGEST_LIST = 5;

    private LoadRules() {}

    /**
     * Waits for memory when the model does not fit, and reports the loaded models. The agent does not evict other
     * models to make room.
     */
    static Optional<Decision> awaitMemory(PlanInput s) {
        return OperationPolicy.pending(s)
                .filter(retry -> retry.failure().reason() == Reason.INSUFFICIENT_MEMORY)
                .map(retry -> Decision.underWay(
                                ConditionStatus.FALSE,
                                Reason.INSUFFICIENT_MEMORY,
                                "%s.%s %s. Retrying when an instance is unloaded, or at %s"
                                        .formatted(
                                                retry.failure().message(),
                                                sizeOnDisk(s),
                                                instances(s.observation().localInstances()),
                                                s.wall(retry.at())))
                        .until(retry.at()));
    }

    private static String sizeOnDisk(PlanInput s) {
        return s.observation().localModels(s.modelKey()).stream()
                .findFirst()
                .map(model -> " The model is %s on disk.".formatted(Instance.gigabytes(model.sizeBytes())))
                .orElse("");
    }

    private static String instances(List<Instance> instances) {
        if (instances.isEmpty()) {
            return "No models are loaded, so another process is using the memory";
        }
        String listed = instances.stream()
                .sorted(Comparator.comparingLong(Instance::sizeBytes).reversed().thenComparing(Instance::identifier))
                .limit(LONGEST_LIST)
                .map(instance -> "%s (%s, %s)"
                        .formatted(
                                instance.identifier(), instance.modelKey(), Instance.gigabytes(instance.sizeBytes())))
                .collect(Collectors.joining(", "));
        int more = instances.size() - LONGEST_LIST;
        return "Loaded models: %s%s".formatted(listed, more > 0 ? " and %d more".formatted(more) : "");
    }

    static Optional<Decision> backOffAfterFailure(PlanInput s) {
        return OperationPolicy.awaitLoad(s, ConditionStatus.FALSE);
    }

    /**
     * The agent records the intent only when it has the slot. A process that ends while it waits has not loaded
     * anything.
     */
    static Optional<Decision> recordIntent(PlanInput s) {
        return s.isLoadBegun() || s.nodeContext().slotHolder() != null
                ? Optional.empty()
                : Optional.of(loading(s).doing(new Action.RecordIntent()));
    }

    /** Earlier rules have already checked the model on disk and stalled a model that cannot be loaded. */
    static Optional<Decision> load(PlanInput s) {
        return s.observation()
                .loadable(s.modelKey())
                .map(model -> s.desired().loadRequest(model, s.observation().isOnlyOneOfItsPath(model)))
                .map(request -> OperationPolicy.execute(
                        s, new ModelOperation.Load(request, s.desired().loadRevision()), loading(s)));
    }

    private static Decision loading(PlanInput s) {
        boolean isEvicted = s.history().recorded() != null && s.isLoadDone();
        return Decision.underWay(
                ConditionStatus.FALSE,
                Reason.LOADING,
                "%s %s as %s"
                        .formatted(
                                isEvicted ? "Model was evicted; reloading" : "Loading", s.modelKey(), s.identifier()));
    }
}
