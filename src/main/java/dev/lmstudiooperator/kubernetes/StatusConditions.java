package dev.lmstudiooperator.kubernetes;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the conditions of a status, and builds them. A status without conditions has null in place of a list. */
public final class StatusConditions {

    private StatusConditions() {}

    /** The condition of this type. */
    public static Optional<Condition> find(@Nullable List<Condition> conditions, ConditionType type) {
        return stream(conditions)
                .filter(condition -> type.text().equals(condition.getType()))
                .findFirst();
    }

    /** Whether the condition of this type exists and has the status {@code True}. */
    public static boolean isTrue(@Nullable List<Condition> conditions, ConditionType type) {
        return find(conditions, type)
                .filter(condition -> has(condition, ConditionStatus.TRUE))
                .isPresent();
    }

    /** Whether a condition of any type has this reason. */
    public static boolean hasReason(@Nullable List<Condition> conditions, String reason) {
        return stream(conditions).anyMatch(condition -> reason.equals(condition.getReason()));
    }

    private static Stream<Condition> stream(@Nullable List<Condition> conditions) {
        return Stream.ofNullable(conditions).flatMap(List::stream);
    }

    private static boolean has(Condition condition, ConditionStatus truth) {
        return truth.text().equals(condition.getStatus());
    }

    /**
     * Builds the conditions of one object in the same way for all writers. Messages that are too long for the API
     * server are truncated. The transition time changes only when the status changes.
     */
    public static final class Setter {

        /** The API server refuses longer messages. */
        private static final int LONGEST_MESSAGE = 1024;

        private final @Nullable List<Condition> before;
        private final long generation;
        private final Instant now;

        /**
         * @param before the current conditions
         * @param generation the generation of the spec to which the conditions refer
         */
        public Setter(@Nullable List<Condition> before, long generation, Instant now) {
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
            return find(before, type)
                    .filter(condition -> has(condition, truth))
                    .map(Condition::getLastTransitionTime)
                    .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
        }
    }
}
