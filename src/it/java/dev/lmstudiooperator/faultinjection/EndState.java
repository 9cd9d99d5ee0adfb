package dev.lmstudiooperator.faultinjection;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Describes the end state of a run. Equal end states have equal text: it contains no times, counters or messages. */
final class EndState {

    private EndState() {}

    static String of(FaultTestBed testBed) {
        String models = testBed.models().all().stream()
                .sorted(Comparator.comparing(model -> model.getMetadata().getName()))
                .map(EndState::describe)
                .collect(Collectors.joining("\n"));
        String instances = testBed.lmStudio().instances().stream()
                .map(SimulatedInstance::summary)
                .sorted()
                .collect(Collectors.joining("\n"));
        return "ManagedModels:\n%s\nLM Studio:\n%s".formatted(models, instances);
    }

    private static String describe(ManagedModel model) {
        ManagedModelStatus status = requireNonNullElse(model.getStatus(), ManagedModelStatus.UNOBSERVED);
        List<Condition> conditions = requireNonNullElse(status.conditions(), List.of());
        return "%s finalizers=%s deleted=%b generation=%d observed=%d phase=%s revision=%s instance=%s verified=%s error=%b %s"
                .formatted(
                        model.getMetadata().getName(),
                        model.getMetadata().getFinalizers(),
                        model.isMarkedForDeletion(),
                        model.getMetadata().getGeneration(),
                        status.observedGeneration(),
                        status.phase(),
                        status.loadRevision(),
                        Optional.ofNullable(status.instance())
                                .map(EndState::describe)
                                .orElse("none"),
                        Optional.ofNullable(status.verification())
                                .map(verification -> verification.result().toString())
                                .orElse("none"),
                        status.lastError() != null,
                        conditions.stream()
                                .map(condition -> "%s=%s/%s"
                                        .formatted(condition.getType(), condition.getStatus(), condition.getReason()))
                                .sorted()
                                .toList());
    }

    private static String describe(InstanceStatus instance) {
        return "%s/%s/%s/%s/adopted=%b"
                .formatted(
                        instance.identifier(),
                        instance.modelKey(),
                        instance.contextLength(),
                        instance.ttlSeconds(),
                        Objects.requireNonNullElse(instance.adopted(), false));
    }
}
