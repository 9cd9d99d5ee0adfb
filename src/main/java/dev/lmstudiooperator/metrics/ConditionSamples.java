package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.metrics.Meters.Sample;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Samples of the conditions of an object, in the form that kube-state-metrics uses for Kubernetes resources. */
final class ConditionSamples {

    private ConditionSamples() {}

    static Stream<Sample> of(ManagedModel model) {
        return of(model, conditions(model));
    }

    static Stream<Sample> of(HasMetadata object, List<Condition> conditions) {
        return conditions.stream().flatMap(condition -> Arrays.stream(ConditionStatus.values())
                .map(truth -> sample(object, condition, truth)));
    }

    /** Whether the condition Ready has the reason Stuck; no sample if there is no such condition. */
    static Stream<Sample> stuck(ManagedModel model) {
        return StatusConditions.find(conditions(model), ConditionType.READY).stream()
                .map(ready -> Sample.of(
                        Reason.STUCK.text().equals(ready.getReason()) ? 1 : 0,
                        model.getMetadata().getNamespace(),
                        model.getMetadata().getName()));
    }

    private static List<Condition> conditions(ManagedModel model) {
        return Optional.ofNullable(model.getStatus())
                .map(ManagedModelStatus::conditions)
                .orElse(List.of());
    }

    private static Sample sample(HasMetadata object, Condition condition, ConditionStatus truth) {
        return Sample.of(
                condition.getStatus().equals(truth.text()) ? 1 : 0,
                object.getMetadata().getNamespace(),
                object.getMetadata().getName(),
                condition.getType(),
                truth.text());
    }
}
