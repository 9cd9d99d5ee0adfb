package dev.lmstudiooperator.controller.binding;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ConditionWriter;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Phase;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The controller's part of a status. Once bound, the agent speaks of readiness, and the controller gives it up. */
final class BindingStatus {

    private BindingStatus() {}

    static ManagedModelStatus of(Binding binding, List<Condition> before, long generation, Instant now) {
        ConditionWriter writer = new ConditionWriter(before, generation, now);
        return switch (binding) {
            case Binding.Bound bound ->
                status(
                        null,
                        null,
                        bound.nodeName(),
                        List.of(writer.condition(ConditionType.SCHEDULED, Truth.TRUE, Reason.BOUND, bound.message())));
            case Binding.Unbound unbound ->
                status(
                        generation,
                        Phase.PENDING,
                        null,
                        Stream.of(ConditionType.READY, ConditionType.AVAILABLE, ConditionType.SCHEDULED)
                                .map(type ->
                                        writer.condition(type, Truth.FALSE, Reason.NO_MATCHING_NODE, unbound.message()))
                                .toList());
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
}
