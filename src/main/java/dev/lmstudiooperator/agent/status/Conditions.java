package dev.lmstudiooperator.agent.status;

import dev.lmstudiooperator.agent.plan.Finding;
import dev.lmstudiooperator.agent.plan.Progress;
import dev.lmstudiooperator.agent.plan.Truth;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The agent's conditions. Reconciling and Stalled stand there only while true, and never together. */
final class Conditions {

    /** The API server refuses longer ones; a person does not read them either. */
    private static final int LONGEST_MESSAGE = 1024;

    private final List<Condition> before;
    private final long generation;
    private final Instant now;

    Conditions(List<Condition> before, long generation, Instant now) {
        this.before = before;
        this.generation = generation;
        this.now = now;
    }

    List<Condition> of(Finding finding) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(condition(ConditionType.READY, finding.ready(), finding));
        conditions.add(condition(ConditionType.AVAILABLE, finding.available(), finding));
        abnormal(finding.progress()).ifPresent(type -> conditions.add(condition(type, Truth.TRUE, finding)));
        return conditions;
    }

    private static Optional<ConditionType> abnormal(Progress progress) {
        return switch (progress) {
            case SETTLED -> Optional.empty();
            case RECONCILING -> Optional.of(ConditionType.RECONCILING);
            case STALLED -> Optional.of(ConditionType.STALLED);
        };
    }

    private Condition condition(ConditionType type, Truth truth, Finding finding) {
        String message = finding.message();
        return new ConditionBuilder()
                .withType(type.text())
                .withStatus(truth.text())
                .withReason(finding.reason().text())
                .withMessage(message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message)
                .withObservedGeneration(generation)
                .withLastTransitionTime(transitionTime(type, truth))
                .build();
    }

    private String transitionTime(ConditionType type, Truth truth) {
        return before.stream()
                .filter(condition -> condition.getType().equals(type.text()))
                .filter(condition -> condition.getStatus().equals(truth.text()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElseGet(() -> Times.text(now));
    }
}
