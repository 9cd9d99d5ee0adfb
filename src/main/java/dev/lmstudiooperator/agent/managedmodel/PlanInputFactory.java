package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.lease.LeaseStatus;
import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.operation.OperationQueue;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.DuplicateInstances;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.NodeContext;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers the planner's input from the object, from LM Studio, and from the state of this process. */
public final class PlanInputFactory {

    private final ModelStateStore states;
    private final OperationQueue operations;
    private final ManagedModelSyncer.Lister models;
    private final Backoff retryBackoff;
    private final Duration longestLoad;
    private final Duration withdrawalTimeout;
    private final SteadyClock clock;

    /**
     * @param longestLoad after this time, a load that no call waits for is over
     * @param withdrawalTimeout how long to wait until Services send no requests to an instance
     */
    PlanInputFactory(
            ModelStateStore states,
            OperationQueue operations,
            ManagedModelSyncer.Lister models,
            Backoff retryBackoff,
            Duration longestLoad,
            Duration withdrawalTimeout,
            SteadyClock clock) {
        this.states = states;
        this.operations = operations;
        this.models = models;
        this.retryBackoff = retryBackoff;
        this.longestLoad = longestLoad;
        this.withdrawalTimeout = withdrawalTimeout;
        this.clock = clock;
    }

    /**
     * The planner's input, and the part of it that comes from the state of this process.
     *
     * @param entry the state that the input was made of; a moment later it may differ
     */
    record Gathered(PlanInput input, ModelStateStore.ModelState entry) {}

    /**
     * Reads in this order: running operation, result, observation. A result is recorded before the slot becomes free,
     * and LM Studio is observed before the result is recorded. An operation with a result is therefore over, and the
     * observation is not older than the result.
     */
    Gathered gather(ManagedModel model, ObservationSource observations, LeaseStatus leaseStatus) {
        ResourceID owner = ResourceID.fromResource(model);
        InterruptedLoads interrupted = states.interruptedLoads();
        interrupted.find(models::models, clock.instant());
        interrupted.end(observations.current(), clock.instant(), longestLoad);
        ModelOperation begun = operations.running(owner).orElse(null);
        Download begunDownload = operations.download(owner).orElse(null);
        ModelStateStore.ModelState entry = states.of(owner);
        boolean isLoadInterrupted = interrupted.isOf(owner);
        Desired desired = Desired.of(model);
        Instant changedAt =
                Collections.max(List.of(operations.changedAt(owner, desired.identifier()), interrupted.endedAt()));
        Observation observation = observations.current();
        IdentifierClaims claims = IdentifierClaims.of(model, models.naming(desired.identifier()));
        NodeContext nodeContext = new NodeContext(
                changedAt,
                observations.memoryFreedAt(),
                text(operations.otherHolder(owner, OperationQueue.Slot.MEMORY)),
                text(operations.otherHolder(owner, OperationQueue.Slot.DOWNLOAD)),
                text(interrupted.ofAnother(owner)),
                claims.older(),
                claims.younger(),
                leaseStatus.heldSince(),
                leaseStatus.isExpired(),
                clock.offset(),
                clock.setAt().equals(clock.start()) ? null : clock.setAt());
        ModelOperation running = entry.outcome() == null ? begun : null;
        Download download = entry.download() == null ? begunDownload : null;
        History history =
                history(desired, model, running, download, entry, isLoadInterrupted, observation, leaseStatus);
        return new Gathered(new PlanInput(desired, observation, history, nodeContext, clock.instant()), entry);
    }

    private static @Nullable String text(Optional<ResourceID> owner) {
        return owner.map(other -> Cache.namespaceKeyFunc(other.getNamespace().orElse(""), other.getName()))
                .orElse(null);
    }

    public static ManagedModelStatus status(ManagedModel model) {
        return Objects.requireNonNullElse(model.getStatus(), ManagedModelStatus.UNOBSERVED);
    }

    private History history(
            Desired desired,
            ManagedModel model,
            @Nullable ModelOperation running,
            @Nullable Download download,
            ModelStateStore.ModelState entry,
            boolean isLoadInterrupted,
            Observation observation,
            LeaseStatus leaseStatus) {
        ManagedModelStatus status = status(model);
        String begunRevision = begunRevision(status, entry);
        boolean isLoading = running instanceof ModelOperation.Load || isLoadInterrupted;
        History.Recorded recorded = recorded(status, begunRevision, entry, desired, observation, isLoading);
        return new History(
                Objects.requireNonNullElse(status.observedGeneration(), -1L),
                begunRevision,
                loadedRevision(status, begunRevision, entry, desired, observation, recorded),
                isLoadInterrupted,
                recorded,
                convergenceBeganAt(status.convergence()),
                entry.drainBeganAt(),
                CurrentFailure.of(status, entry, desired, retryBackoff, clock),
                running,
                download,
                entry.isProbing(),
                entry.lastCheck(),
                reportedVerification(status, entry, leaseStatus),
                ownCopies(desired, observation),
                entry.renewal(),
                Conditions.publication(status, entry.withdrawalBeganAt(), withdrawalTimeout));
    }

    /**
     * The load revision that was last loaded successfully. Earlier releases have no such field; there the count of
     * loads shows it.
     */
    static @Nullable String loadedRevision(ManagedModelStatus status) {
        boolean isOfAnOlderRelease = status.loadedRevision() == null && status.loads() != null;
        return isOfAnOlderRelease ? status.loadRevision() : status.loadedRevision();
    }

    /** An instance that a load of ours left shows that the load succeeded, even if its end was not observed. */
    private static @Nullable String loadedRevision(
            ManagedModelStatus status,
            @Nullable String begunRevision,
            ModelStateStore.ModelState entry,
            Desired desired,
            Observation observation,
            History.@Nullable Recorded recorded) {
        if (entry.outcome() instanceof OperationResult.Loaded loaded) {
            return loaded.operation().loadRevision();
        }
        boolean isOurs = recorded != null
                && !recorded.isAdopted()
                && recorded.modelKey().equals(desired.modelKey())
                && observation.instance(desired.identifier()).isPresent()
                && !(entry.outcome() instanceof OperationResult.LoadedAnother);
        return isOurs ? begunRevision : loadedRevision(status);
    }

    /**
     * Returns the recorded message of a verification by an earlier process. After its Lease has expired, an agent must
     * verify again.
     */
    private static @Nullable String reportedVerification(
            ManagedModelStatus status, ModelStateStore.ModelState entry, LeaseStatus leaseStatus) {
        boolean isFirstCheck = entry.lastCheck() == null && entry.outcome() == null && !entry.hasLoaded();
        return isFirstCheck && leaseStatus.heldSince().equals(Instant.EPOCH)
                ? Conditions.ready(status)
                        .filter(ready -> ready.getStatus().equals(ConditionStatus.TRUE.text())
                                && ready.getReason().equals(Reason.VERIFIED.text()))
                        .map(Condition::getMessage)
                        .orElse(null)
                : null;
    }

    /** A cancelled load counts as not started, unless another load of the same revision was started before. */
    private static @Nullable String begunRevision(ManagedModelStatus status, ModelStateStore.ModelState entry) {
        boolean isCancelled = entry.outcome() instanceof OperationResult.Cancelled cancelled
                && cancelled.operation() instanceof ModelOperation.Load load
                && load.loadRevision().equals(status.loadRevision())
                && load.loadRevision().equals(entry.fruitlessRevision());
        return isCancelled ? null : status.loadRevision();
    }

    private History.@Nullable Recorded recorded(
            ManagedModelStatus status,
            @Nullable String begunRevision,
            ModelStateStore.ModelState entry,
            Desired desired,
            Observation observation,
            boolean isLoading) {
        OperationResult outcome = entry.outcome();
        if (outcome instanceof OperationResult.Loaded loaded) {
            return recorded(loaded.instance(), loaded.at());
        }
        if (outcome instanceof OperationResult.LoadedAnother another) {
            return recorded(another.instance(), another.at());
        }
        if (OperationResult.hasUnloaded(outcome, desired.identifier())) {
            return null;
        }
        Optional<Instance> found = observation.instance(desired.identifier());
        InstanceStatus described = status.instance();
        if (described == null && isLoading) {
            // The owner is known only when the load has ended.
            return null;
        }
        if (described == null) {
            // A load that an earlier process started, or that was given up, may have ended since, with any model. An
            // instance without our TTL belongs to another client.
            boolean isOfOurLoad = desired.loadRevision().equals(begunRevision)
                    && !desired.loadRevision().equals(entry.fruitlessRevision());
            return found.map(instance -> recorded(
                            instance,
                            isOfOurLoad && desired.ttl().equals(instance.ttl())
                                    ? observation.loaded().at()
                                    : null))
                    .orElse(null);
        }
        History.Recorded recorded = recorded(described);
        return found.filter(instance -> !isAsRecorded(instance, recorded))
                .map(instance -> recorded(instance, null))
                .orElse(recorded);
    }

    private static History.Recorded recorded(Instance instance, @Nullable Instant loadedAt) {
        return new History.Recorded(instance.modelKey(), instance.contextLength(), instance.ttl(), loadedAt);
    }

    private History.Recorded recorded(InstanceStatus instance) {
        return new History.Recorded(
                instance.modelKey(),
                instance.contextLength() == null ? 0 : instance.contextLength(),
                instance.ttlSeconds() == null ? null : Duration.ofSeconds(instance.ttlSeconds()),
                instance.loadedTime() == null
                        ? null
                        : clock.earliest(Instant.parse(instance.loadedTime())).orElse(clock.start()));
    }

    private static boolean isAsRecorded(Instance instance, History.Recorded recorded) {
        return instance.modelKey().equals(recorded.modelKey())
                && instance.contextLength() == recorded.contextLength()
                && Objects.equals(instance.ttl(), recorded.ttl());
    }

    /**
     * Includes copies that a load of another ManagedModel left, because an identifier may have changed owners. Excludes
     * every instance that another ManagedModel names.
     */
    private Set<String> ownCopies(Desired desired, Observation observation) {
        return states.interruptedLoads()
                .copiesBefore(desired.identifier())
                .map(before -> {
                    Set<String> copies = new HashSet<>(DuplicateInstances.of(desired, observation));
                    copies.removeAll(before);
                    copies.removeIf(copy -> models.naming(copy).findAny().isPresent());
                    return Set.copyOf(copies);
                })
                .orElse(Set.of());
    }

    private @Nullable Instant convergenceBeganAt(@Nullable ConvergenceStatus convergence) {
        return convergence == null || convergence.durationMillis() != null
                ? null
                : clock.latest(Instant.parse(convergence.startedTime())).orElse(clock.start());
    }
}
