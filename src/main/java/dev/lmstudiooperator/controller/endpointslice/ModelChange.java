package dev.lmstudiooperator.controller.endpointslice;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Determines whether a change of a ManagedModel can change endpoints. Agents write the status more often than that. */
final class ModelChange {

    /** What the endpoints of a ManagedModel depend on. */
    private record Facts(
            String uid,
            @Nullable Map<String, String> labels,
            boolean isDeleted,
            @Nullable String identifier,
            String model,
            @Nullable String nodeName,
            Optional<String> available,
            Optional<String> reason) {

        static Facts of(ManagedModel model) {
            Optional<Condition> available = Optional.ofNullable(model.getStatus())
                    .flatMap(status -> StatusConditions.find(status.conditions(), ConditionType.AVAILABLE));
            return new Facts(
                    model.getMetadata().getUid(),
                    model.getMetadata().getLabels(),
                    model.isMarkedForDeletion(),
                    model.getSpec().identifier(),
                    model.getSpec().model(),
                    model.getStatus() == null ? null : model.getStatus().nodeName(),
                    available.map(Condition::getStatus),
                    available.map(Condition::getReason));
        }
    }

    private ModelChange() {}

    /**
     * @param before null for a new ManagedModel
     * @param after null for a deleted one
     */
    static boolean isRelevant(@Nullable ManagedModel before, @Nullable ManagedModel after) {
        return before == null || after == null || !Facts.of(before).equals(Facts.of(after));
    }
}
