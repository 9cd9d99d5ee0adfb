package dev.lmstudiooperator.controller.binding;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Phase;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The controller's part of a status. Once bound, the agent speaks of readiness, and the controller gives it up. */
final class BindingStatus {

    private BindingStatus() {}

    static ManagedModelStatus of(Binding binding, List<Condition> before, long generation, Instant now) {
        return switch (binding) {
            case Binding.Bound bound ->
                status(
                        null,
                        null,
                        bound.nodeName(),
                        List.of(condition(
                                ConditionType.SCHEDULED,
                                "True",
                                Reason.BOUND,
                                bound.message(),
                                before,
                                generation,
                                now)));
            case Binding.Unbound unbound ->
                status(
                        generation,
                        Phase.PENDING,
                        null,
                        List.of(
                                unfit(ConditionType.READY, unbound, before, generation, now),
                                unfit(ConditionType.AVAILABLE, unbound, before, generation, now),
                                unfit(ConditionType.SCHEDULED, unbound, before, generation, now)));
        };
    }

    private static ManagedModelStatus status(
            @Nullable Long observedGeneration,
            @Nullable Phase phase,
            @Nullable String nodeName,
            List<Condition> conditions) {
        return new ManagedModelStatus(
                observedGeneration, phase, nodeName, null, null, null, null, null, null, null, null, conditions);
    }

    private static Condition unfit(
            ConditionType type, Binding.Unbound unbound, List<Condition> before, long generation, Instant now) {
        return condition(type, "False", Reason.NO_MATCHING_NODE, unbound.message(), before, generation, now);
    }

    private static Condition condition(
            ConditionType type,
            String status,
            Reason reason,
            String message,
            List<Condition> before,
            long generation,
            Instant now) {
        return new ConditionBuilder()
                .withType(type.text())
                .withStatus(status)
                .withReason(reason.text())
                .withMessage(message)
                .withObservedGeneration(generation)
                .withLastTransitionTime(before.stream()
                        .filter(condition -> condition.getType().equals(type.text()))
                        .filter(condition -> condition.getStatus().equals(status))
                        .map(Condition::getLastTransitionTime)
                        .findFirst()
                        .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString()))
                .build();
    }
}
