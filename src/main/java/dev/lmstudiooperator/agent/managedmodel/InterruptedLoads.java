package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.DuplicateInstances;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Tracks loads whose end was not observed, and what they may have left in memory. */
public final class InterruptedLoads {

    private final Map<ResourceID, Load> loads = new ConcurrentHashMap<>();

    /** By identifier. */
    private final Map<String, Set<String>> copiesBefore = new ConcurrentHashMap<>();

    private final AtomicBoolean isStatusRead = new AtomicBoolean();
    private volatile Instant endedAt = Instant.EPOCH;

    /**
     * A load that LM Studio may still execute although no call of the agent waits for it.
     *
     * @param since when this process detected it
     * @param isCancelled whether LM Studio was asked to cancel it; then only a report from LM Studio shows that it
     *     continues
     */
    record Load(String identifier, Instant since, boolean isCancelled) {

        /** LM Studio reports a load only a moment after it began. */
        private static final Duration UNTIL_IT_SHOWS = Duration.ofSeconds(2);

        /**
         * Whether a status records a load in progress. A reload after an eviction keeps its revision, so that only the
         * reason shows it.
         */
        static boolean isIn(ManagedModel model) {
            ManagedModelStatus status = PlanInputFactory.status(model);
            boolean isBegun = status.loadRevision() != null && status.instance() == null;
            return isBegun && StatusConditions.hasReason(status.conditions(), Reason.LOADING.text());
        }

        /** Whether LM Studio reports that it is over, or the maximum duration of a load has passed. */
        boolean isOver(Observation observation, Instant now, Duration longestLoad) {
            boolean isReported = observation.loading() instanceof Reading.Known<Set<String>>;
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

    /** Records a result after which a load may continue, or may have left an instance with another identifier. */
    void ended(ResourceID owner, ModelOperation operation, OperationResult result, Set<String> copiesAtLoad) {
        if (result.isInstanceOfAnother()) {
            // Another client took the identifier during the load, so that the instance of our load has another name.
            copiesBefore.putIfAbsent(operation.identifier(), copiesAtLoad);
        }
        if (result.mayGoOn()) {
            loads.put(
                    owner, new Load(operation.identifier(), result.at(), result instanceof OperationResult.Cancelled));
        }
    }

    /** Finds the loads that an earlier process of this agent started without recording their end. Runs once. */
    void find(Supplier<Stream<ManagedModel>> models, Instant now) {
        if (isStatusRead.compareAndSet(false, true)) {
            models.get()
                    .filter(Load::isIn)
                    .forEach(model ->
                            loads.put(ResourceID.fromResource(model), new Load(Desired.identifier(model), now, false)));
        }
    }

    /** Removes the loads that have ended, according to LM Studio or after {@code longestLoad}. */
    void end(Observation observation, Instant now, Duration longestLoad) {
        loads.forEach((owner, load) -> {
            if (load.isOver(observation, now, longestLoad) && loads.remove(owner, load)) {
                endedAt = now;
                if (!load.isKnownToBeOver(observation)) {
                    copiesBefore.putIfAbsent(
                            load.identifier(), DuplicateInstances.under(load.identifier(), observation));
                }
            }
        });
    }

    /** Whether LM Studio may still execute a load whose end was not observed. */
    public boolean isAny() {
        return !loads.isEmpty();
    }

    boolean isOf(ResourceID owner) {
        return loads.containsKey(owner);
    }

    /** Returns another ManagedModel that has such a load. */
    Optional<ResourceID> ofAnother(ResourceID owner) {
        return loads.keySet().stream().filter(other -> !other.equals(owner)).findFirst();
    }

    /** When such a load was last found to be over. Earlier observations do not show its result. */
    Instant endedAt() {
        return endedAt;
    }

    /**
     * Returns the second copies of an identifier that existed before a load of ours that may have left another one.
     * Such a load was given up, or another client took the identifier meanwhile. Empty if there was no such load: then
     * no copy is ours.
     */
    Optional<Set<String>> copiesBefore(String identifier) {
        return Optional.ofNullable(copiesBefore.get(identifier));
    }

    /**
     * Call this only if no ManagedModel names the identifier. While one does, it must know which copies this process
     * loaded.
     */
    void forgetCopies(String identifier) {
        copiesBefore.remove(identifier);
    }
}
