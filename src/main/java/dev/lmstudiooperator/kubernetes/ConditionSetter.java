package dev.lmstudiooperator.kubernetes;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Builds the conditions of one object in the same way for all writers. Messages that are too long for the API server are
 * truncated. The transition time changes only when the status changes.
 */
public final class ConditionSetter {

    /** The API server refuses longer messages. */
    private static final int LONGEST_MESSAGE = 1024;

    private final List<Condition> before;
    private final long generation;
    private final Instant now;

    /**
     * @param before the current conditions
     * @param generation the generation of the spec to which the conditions refer
     */
    public ConditionSetter(List<Condition> before, long generation, Instant now) {
        this.before = before;
        this.generation = generation;
        this.now = now;
    }

    public Condition condition(ConditionType type, ConditionStatus truth, Reason reason, String message) {
        return new ConditionBuilder()
                .withType(type.text())
                .withStatus(truth.text())
                .withReason(reason.text())
                .withMessage(message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message)
                .withObservedGeneration(generation)
                .withLastTransitionTime(transitionTime(type, truth))
                .build();
    }

    private String transitionTime(ConditionType type, ConditionStatus truth) {
        return before.stream()
                .filter(condition -> condition.getType().equals(type.text()))
                .filter(condition -> condition.getStatus().equals(truth.text()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
