package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Creates the agent's conditions. Reconciling and Stalled are present only while true, and never together. */
final class Conditions {

    private Conditions() {}

    static List<Condition> of(ConditionSummary finding, StatusConditions.Setter writer) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(condition(ConditionType.READY, finding.ready(), finding, writer));
        conditions.add(condition(ConditionType.AVAILABLE, finding.available(), finding, writer));
        abnormal(finding.progress())
                .ifPresent(type -> conditions.add(condition(type, ConditionStatus.TRUE, finding, writer)));
        return conditions;
    }

    /** Keeps the conditions that the controller set with reason {@code AgentLost}, until the agent renews its Lease. */
    static List<Condition> unlessLost(List<Condition> conditions, List<Condition> standing) {
        return conditions.stream()
                .map(condition -> standing.stream()
                        .filter(other -> other.getType().equals(condition.getType()))
                        .filter(other -> other.getReason().equals(Reason.AGENT_LOST.text()))
                        .findFirst()
                        .orElse(condition))
                .toList();
    }

    private static Optional<ConditionType> abnormal(Progress progress) {
        return switch (progress) {
            case SETTLED -> Optional.empty();
            case RECONCILING -> Optional.of(ConditionType.RECONCILING);
            case STALLED -> Optional.of(ConditionType.STALLED);
        };
    }

    private static Condition condition(
            ConditionType type, ConditionStatus truth, ConditionSummary finding, StatusConditions.Setter writer) {
        return writer.condition(type, truth, finding.reason(), finding.message());
    }
}
