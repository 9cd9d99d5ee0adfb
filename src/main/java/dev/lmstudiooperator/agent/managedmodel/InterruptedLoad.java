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
 * A load that LM Studio may still carry out although no call of ours waits for it.
 *
 * @param since when this process learned of it
 * @param isCancelled whether LM Studio was told to cancel it: then only its own word says that it goes on all the same
 */
record InterruptedLoad(String identifier, Instant since, boolean isCancelled) {

    /** LM Studio reports a load only a moment after it began. */
    private static final Duration UNTIL_IT_SHOWS = Duration.ofSeconds(2);

    /**
     * Whether a status tells of a load that is under way. A model that was loaded before and evicted is loaded again under
     * the same revision, so that only the reason tells it.
     */
    static boolean isIn(ManagedModel model) {
        ManagedModelStatus status = PlanInputFactory.status(model);
        boolean isBegun = status.loadRevision() != null && status.instance() == null;
        boolean isLoading = Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
                .anyMatch(condition -> condition.getReason().equals(Reason.LOADING.text()));
        return isBegun && isLoading;
    }

    /** LM Studio says that it is over, or it has lasted for as long as any load may. */
    boolean isOver(Observation observation, Instant now, Duration longestLoad) {
        boolean isReported = observation.loading() instanceof Reading.Known<Set<String>>;
        Duration longest = isCancelled && !isReported ? UNTIL_IT_SHOWS : longestLoad;
        return isKnownToBeOver(observation) || !now.isBefore(since.plus(longest));
    }

    /** Nothing is being loaded: which load it is that LM Studio reports does not matter, since memory is one resource. */
    boolean isKnownToBeOver(Observation observation) {
        return observation.loading() instanceof Reading.Known<Set<String>> known
                && known.value().isEmpty()
                && !known.at().isBefore(since.plus(UNTIL_IT_SHOWS));
    }
}
