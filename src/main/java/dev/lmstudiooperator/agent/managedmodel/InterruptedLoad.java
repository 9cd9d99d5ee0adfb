package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A load that LM Studio may still execute although no call of the agent waits for it.
 *
 * @param since when this process detected it
 * @param isCancelled whether LM Studio was asked to cancel it; then only a report from LM Studio shows that it
 *     continues
 */
record InterruptedLoad(String identifier, Instant since, boolean isCancelled) {

    /** LM Studio reports a load only a moment after it began. */
    private static final Duration UNTIL_IT_SHOWS = Duration.ofSeconds(2);

    /**
     * Whether a status records a load in progress. A reload after an eviction keeps its revision, so that only the
     * reason shows it.
     */
    static boolean isIn(ManagedModel model) {
        ManagedModelStatus status = PlanInputFactory.status(model);
        boolean isBegun = status.loadRevision() != null && status.instance() == null;
        boolean isLoading = Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
                .anyMatch(condition -> condition.getReason().equals(Reason.LOADING.text()));
        return isBegun && isLoading;
    }

    /** Whether LM Studio reports that it is over, or the maximum duration of a load has passed. */
    boolean isOver(Observation observation, Instant now, Duration longestLoad) {
        boolean isReported = observation.loading().isKnown();
        Duration longest = isCancelled && !isReported ? UNTIL_IT_SHOWS : longestLoad;
        return isKnownToBeOver(observation) || !now.isBefore(since.plus(longest));
    }

    /** Whether LM Studio reports no load. Any reported load counts, because memory is one resource. */
    boolean isKnownToBeOver(Observation observation) {
        return observation.loading() instanceof Reading.Known<Set<String>> known
                && known.value().isEmpty()
                && !known.at().isBefore(since.plus(UNTIL_IT_SHOWS));
    }
}
