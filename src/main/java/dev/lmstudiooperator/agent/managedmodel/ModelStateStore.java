package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.operation.DownloadResult;
import dev.lmstudiooperator.agent.operation.NamespacedName;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.DuplicateInstances;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stores what this process knows about its ManagedModels beyond their status. All of it may be lost at any time. A new
 * process verifies again. It assumes that LM Studio may still execute a load whose end no status records.
 */
public final class ModelStateStore {

    private final Map<NamespacedName, OperationResult> outcomes = new ConcurrentHashMap<>();
    private final Map<NamespacedName, DownloadResult> downloads = new ConcurrentHashMap<>();
    private final Map<NamespacedName, VerificationOutcome> checks = new ConcurrentHashMap<>();
    private final Set<NamespacedName> probing = ConcurrentHashMap.newKeySet();
    private final Map<NamespacedName, String> fruitless = new ConcurrentHashMap<>();
    private final Map<NamespacedName, Renewals> renewals = new ConcurrentHashMap<>();
    private final Map<NamespacedName, InterruptedLoad> interrupted = new ConcurrentHashMap<>();
    private final Map<NamespacedName, Instant> drains = new ConcurrentHashMap<>();
    private final Map<NamespacedName, Integer> passesUntold = new ConcurrentHashMap<>();
    private final Set<NamespacedName> loaders = ConcurrentHashMap.newKeySet();
    private final Map<NamespacedName, Set<String>> copiesAtLoad = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> copiesBefore = new ConcurrentHashMap<>();
    private final AtomicBoolean areInterruptedLoadsKnown = new AtomicBoolean();
    private volatile Instant interruptionEndedAt = Instant.EPOCH;

    /** Requests that keep one instance loaded. */
    private record Renewals(
            @Nullable Instant succeededAt,
            @Nullable Instant triedAt,
            boolean isUnderWay,
            @Nullable LmStudioFailure failure) {

        static final Renewals NONE = new Renewals(null, null, false, null);

        History.Renewal known() {
            return new History.Renewal(succeededAt, triedAt, isUnderWay, failure != null);
        }
    }

    /**
     * The state of one ManagedModel.
     *
     * @param outcome the result of the last operation, until a status records it
     * @param download the result of the last download, until a status records it
     * @param fruitlessRevision the load revision, recorded by this process, whose loads cannot have left an instance:
     *     none was started, or all were refused or cancelled
     * @param drainBeganAt when the agent began to wait for a busy instance; null if it does not wait
     * @param hasLoaded whether this process has started to load it
     */
    public record ModelState(
            @Nullable OperationResult outcome,
            @Nullable DownloadResult download,
            @Nullable VerificationOutcome lastCheck,
            boolean isProbing,
            @Nullable String fruitlessRevision,
            History.Renewal renewal,
            boolean isLoadInterrupted,
            @Nullable Instant drainBeganAt,
            boolean hasLoaded) {}

    public ModelState of(NamespacedName owner) {
        return new ModelState(
                outcomes.get(owner),
                downloads.get(owner),
                checks.get(owner),
                probing.contains(owner),
                fruitless.get(owner),
                renewals.getOrDefault(owner, Renewals.NONE).known(),
                interrupted.containsKey(owner),
                drains.get(owner),
                loaders.contains(owner));
    }

    /**
     * Records the result of an operation. Earlier checks no longer count, and the drain of an unloaded instance ends.
     */
    public void ended(NamespacedName owner, OperationResult outcome) {
        outcomes.put(owner, outcome);
        checks.remove(owner);
        drains.remove(owner);
        renewals.remove(owner);
        if (!outcome.hasSurelyLoadedNothing()) {
            fruitless.remove(owner);
        }
        if (outcome.isInstanceOfAnother()) {
            // Another client took the identifier during the load, so that the instance of our load has another name.
            copiesBefore.putIfAbsent(outcome.mutation().identifier(), copiesAtLoad.getOrDefault(owner, Set.of()));
        }
        if (outcome.mayGoOn()) {
            interrupted.put(
                    owner,
                    new InterruptedLoad(
                            outcome.mutation().identifier(),
                            outcome.at(),
                            outcome instanceof OperationResult.Cancelled));
        }
    }

    /** Finds the loads that an earlier process of this agent started without recording their end. Runs once. */
    void findInterrupted(Supplier<Stream<ManagedModel>> models, Instant now) {
        if (areInterruptedLoadsKnown.compareAndSet(false, true)) {
            models.get()
                    .filter(InterruptedLoad::isIn)
                    .forEach(model -> interrupted.put(
                            PlanInputFactory.owner(model),
                            new InterruptedLoad(Desired.identifier(model), now, false)));
        }
    }

    /** Removes the interrupted loads that have ended, according to LM Studio or after {@code longestLoad}. */
    void endInterrupted(Observation observation, Instant now, Duration longestLoad) {
        interrupted.forEach((owner, load) -> {
            if (load.isOver(observation, now, longestLoad) && interrupted.remove(owner, load)) {
                interruptionEndedAt = now;
                if (!load.isKnownToBeOver(observation)) {
                    copiesBefore.putIfAbsent(
                            load.identifier(), DuplicateInstances.under(load.identifier(), observation));
                }
            }
        });
    }

    /** Whether LM Studio may still execute a load whose end was not observed. */
    public boolean isAnyLoadInterrupted() {
        return !interrupted.isEmpty();
    }

    /** Returns another ManagedModel that has such a load. */
    Optional<NamespacedName> interruptedLoadOfAnother(NamespacedName owner) {
        return interrupted.keySet().stream()
                .filter(other -> !other.equals(owner))
                .findFirst();
    }

    /** When such a load was last found to be over. Earlier observations do not show its result. */
    Instant interruptionEndedAt() {
        return interruptionEndedAt;
    }

    public void downloadEnded(NamespacedName owner, DownloadResult outcome) {
        downloads.put(owner, outcome);
    }

    /** Removes the results in this entry, because a status records them. */
    void reported(NamespacedName owner, ModelState entry) {
        if (entry.outcome() != null) {
            outcomes.remove(owner, entry.outcome());
        }
        if (entry.download() != null) {
            downloads.remove(owner, entry.download());
        }
    }

    /** Counts a reconciliation. Returns how many no status records yet, including this one. */
    int pass(NamespacedName owner) {
        return passesUntold.merge(owner, 1, Integer::sum);
    }

    void passesTold(NamespacedName owner) {
        passesUntold.remove(owner);
    }

    void intend(NamespacedName owner, String loadRevision) {
        fruitless.put(owner, loadRevision);
    }

    /** @param copies identifiers that look like second copies of the identifier before the load */
    void beginLoad(NamespacedName owner, Set<String> copies) {
        loaders.add(owner);
        copiesAtLoad.put(owner, copies);
    }

    /**
     * Returns the second copies of an identifier that existed before a load of ours that may have left another one.
     * Such a load was given up, or another client took the identifier meanwhile. Empty if there was no such load: then
     * no copy is ours.
     */
    Optional<Set<String>> copiesBefore(String identifier) {
        return Optional.ofNullable(copiesBefore.get(identifier));
    }

    public void probe(NamespacedName owner) {
        probing.add(owner);
    }

    public void probed(NamespacedName owner) {
        probing.remove(owner);
    }

    public void checked(NamespacedName owner, VerificationOutcome check) {
        checks.put(owner, check);
    }

    /** Removes the check of an instance that is gone. */
    void forgetCheck(NamespacedName owner) {
        checks.remove(owner);
    }

    public void renewalBegins(NamespacedName owner, Instant at) {
        renewals.compute(
                owner, (key, before) -> new Renewals(before == null ? null : before.succeededAt(), at, true, null));
    }

    /** Records an answered renewal. LM Studio counts the TTL from the time of the request at the earliest. */
    public void renewed(NamespacedName owner, Instant at) {
        renewals.put(owner, new Renewals(at, at, false, null));
    }

    /** Records an unanswered renewal, which the next check evaluates. The failure is null if no request was sent. */
    public void renewalFailed(NamespacedName owner, @Nullable LmStudioFailure failure) {
        renewals.computeIfPresent(
                owner, (key, before) -> new Renewals(before.succeededAt(), before.triedAt(), false, failure));
    }

    /** Returns and clears the failure of a renewal that no check has evaluated yet. The caller evaluates it. */
    public Optional<LmStudioFailure> takeRenewalFailure(NamespacedName owner) {
        Renewals known = renewals.getOrDefault(owner, Renewals.NONE);
        if (known.failure() != null) {
            renewals.put(owner, new Renewals(known.succeededAt(), known.triedAt(), known.isUnderWay(), null));
        }
        return Optional.ofNullable(known.failure());
    }

    /**
     * Records the start of a drain. A failed observation, a slot of another ManagedModel or a new wait does not restart
     * it.
     */
    void draining(NamespacedName owner, Instant at) {
        drains.putIfAbsent(owner, at);
    }

    /** Ends a drain: the instance is gone, or no longer has to be unloaded. */
    void drained(NamespacedName owner) {
        drains.remove(owner);
    }

    /**
     * Removes all state except a load that LM Studio may still execute: other ManagedModels of the node must wait for
     * its end.
     */
    public void forget(NamespacedName owner) {
        outcomes.remove(owner);
        downloads.remove(owner);
        checks.remove(owner);
        probing.remove(owner);
        fruitless.remove(owner);
        renewals.remove(owner);
        drains.remove(owner);
        passesUntold.remove(owner);
        loaders.remove(owner);
        copiesAtLoad.remove(owner);
    }

    /**
     * Call this only if no ManagedModel names the identifier. While one does, it must know which copies this process
     * loaded.
     */
    void forgetIdentifier(String identifier) {
        copiesBefore.remove(identifier);
    }
}
