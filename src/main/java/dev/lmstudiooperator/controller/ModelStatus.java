package dev.lmstudiooperator.controller;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.Phase;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.nodelifecycle.LostNodePolicy.Action;
import dev.lmstudiooperator.controller.scheduling.Scheduler;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Builds the controller's part of a ManagedModel's status. The controller owns {@code nodeName} and the condition
 * {@code Scheduled}. It sets {@code Ready} and {@code Available} only while no agent does, and releases them by omission.
 */
final class ModelStatus {

    private final ManagedModelStatus before;
    private final long generation;
    private final StatusConditions.Setter writer;

    ModelStatus(ManagedModel model, Instant now) {
        this.before = requireNonNullElse(model.getStatus(), ManagedModelStatus.UNOBSERVED);
        this.generation = model.getMetadata().getGeneration();
        this.writer = new StatusConditions.Setter(before.conditions(), generation, now);
    }

    ManagedModelStatus of(Scheduler.Result result) {
        return switch (result) {
            case Scheduler.Bound bound ->
                status(
                        null,
                        null,
                        bound.nodeName(),
                        conditions(ConditionStatus.TRUE, Reason.BOUND, bound.message(), ConditionType.SCHEDULED));
            case Scheduler.Unbound unbound ->
                status(
                        generation,
                        Phase.PENDING,
                        null,
                        conditions(
                                ConditionStatus.FALSE,
                                Reason.NO_MATCHING_NODE,
                                unbound.message(),
                                ConditionType.READY,
                                ConditionType.AVAILABLE,
                                ConditionType.SCHEDULED));
        };
    }

    /** The status that the controller sets in place of the agent. */
    ManagedModelStatus of(Action.SetCondition action) {
        return status(
                null,
                null,
                before.nodeName(),
                Stream.concat(
                                StatusConditions.find(before.conditions(), ConditionType.SCHEDULED).stream(),
                                conditions(
                                        action.truth(),
                                        action.reason(),
                                        action.message(),
                                        ConditionType.READY,
                                        ConditionType.AVAILABLE)
                                        .stream())
                        .toList());
    }

    /** Whether the current status already contains the controller's fields of {@code status}. */
    boolean isReported(ManagedModelStatus status) {
        return Objects.equals(status.nodeName(), before.nodeName())
                && conditions(before).containsAll(conditions(status));
    }

    /** Whether any condition of the current status has this reason. */
    boolean isFor(String reason) {
        return StatusConditions.hasReason(before.conditions(), reason);
    }

    private List<Condition> conditions(ConditionStatus truth, Reason reason, String message, ConditionType... types) {
        return Stream.of(types)
                .map(type -> writer.condition(type, truth, reason, message))
                .toList();
    }

    private static List<Condition> conditions(ManagedModelStatus status) {
        return requireNonNullElse(status.conditions(), List.of());
    }

    private static ManagedModelStatus status(
            @Nullable Long observedGeneration,
            @Nullable Phase phase,
            @Nullable String nodeName,
            List<Condition> conditions) {
        return new ManagedModelStatus(
                observedGeneration, phase, nodeName, null, null, null, null, null, null, null, null, null, conditions);
    }
}
