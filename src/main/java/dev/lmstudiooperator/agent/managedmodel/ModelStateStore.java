package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.operation.DownloadResult;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.operation.NamespacedName;
import dev.lmstudiooperator.agent.plan.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.DesiredFactory;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.DuplicateInstances;
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
 * What this process knows about its ManagedModels beyond their status. All of it may be lost at any instant: a new
 * process checks again, and takes a load whose end no status tells of for one that LM Studio may still carry out.
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

    /** The requests that keep one instance loaded. */
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
     * What is known of one ManagedModel.
     *
     * @param outcome the last mutation, until a status tells of it
     * @param download what the last download came to, until a status tells of it
     * @param fruitlessRevision the load revision that this process has recorded and of which no load can have left an
     *     instance: none was begun, or all were refused or cancelled
     * @param drainBeganAt when a busy instance began to be waited for; null while none is
     * @param hasLoaded whether this process has begun to load it
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

    /** What was checked before a mutation proves nothing after it, and what it unloaded is waited for no longer. */
    public void ended(NamespacedName owner, OperationResult outcome) {
        outcomes.put(owner, outcome);
        checks.remove(owner);
        drains.remove(owner);
        renewals.remove(owner);
        if (!outcome.hasSurelyLoadedNothing()) {
            fruitless.remove(owner);
        }
        if (outcome.isInstanceOfAnother()) {
            // Another client took the identifier during the load: what the load left carries another name.
            copiesBefore.putIfAbsent(outcome.mutation().identifier(), copiesAtLoad.getOrDefault(owner, Set.of()));
        }
        if (outcome.mayGoOn()) {
            interrupted.put(
                    owner,
                    new InterruptedLoad(
                            outcome.mutation().identifier(), outcome.at(), outcome instanceof OperationResult.Cancelled));
        }
    }

    /** The loads that an earlier process of this agent began, and whose end it did not record. Asked for once. */
    void findInterrupted(Supplier<Stream<ManagedModel>> models, Instant now) {
        if (areInterruptedLoadsKnown.compareAndSet(false, true)) {
            models.get()
                    .filter(InterruptedLoad::isIn)
                    .forEach(model -> interrupted.put(
                            PlanInputFactory.owner(model),
                            new InterruptedLoad(DesiredFactory.identifier(model), now, false)));
        }
    }

    /** Forgets the interrupted loads that have ended, as LM Studio says or after so long. */
    void endInterrupted(Observation observation, Instant now, Duration longestLoad) {
        interrupted.forEach((owner, load) -> {
            if (load.isOver(observation, now, longestLoad) && interrupted.remove(owner, load)) {
                interruptionEndedAt = now;
                if (!load.isKnownToBeOver(observation)) {
                    copiesBefore.putIfAbsent(load.identifier(), DuplicateInstances.under(load.identifier(), observation));
                }
            }
        });
    }

    /** Whether LM Studio may still carry out a load whose end nobody saw. */
    public boolean isAnyLoadInterrupted() {
        return !interrupted.isEmpty();
    }

    /** Whose load that is, if it is not this owner's. */
    Optional<NamespacedName> interruptedLoadOfAnother(NamespacedName owner) {
        return interrupted.keySet().stream()
                .filter(other -> !other.equals(owner))
                .findFirst();
    }

    /** When such a load was last found to be over: what was seen before says nothing about it. */
    Instant interruptionEndedAt() {
        return interruptionEndedAt;
    }

    public void downloadEnded(NamespacedName owner, DownloadResult outcome) {
        downloads.put(owner, outcome);
    }

    /** A status tells of the outcomes that stood in this entry. */
    void told(NamespacedName owner, ModelState entry) {
        if (entry.outcome() != null) {
            outcomes.remove(owner, entry.outcome());
        }
        if (entry.download() != null) {
            downloads.remove(owner, entry.download());
        }
    }

    /** Counts a pass; how many there were that no status tells of yet, this one included. */
    int pass(NamespacedName owner) {
        return passesUntold.merge(owner, 1, Integer::sum);
    }

    void passesTold(NamespacedName owner) {
        passesUntold.remove(owner);
    }

    void intend(NamespacedName owner, String loadRevision) {
        fruitless.put(owner, loadRevision);
    }

    /** @param copies what looks like second copies of the identifier before the load */
    void beginLoad(NamespacedName owner, Set<String> copies) {
        loaders.add(owner);
        copiesAtLoad.put(owner, copies);
    }

    /**
     * The second copies of an identifier that were there before a load of ours that may have left one: it was given up, or
     * another client took the identifier meanwhile. Empty when there was none: then no copy is ours.
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

    /** The instance that was checked is gone. */
    void forgetCheck(NamespacedName owner) {
        checks.remove(owner);
    }

    public void renewalBegins(NamespacedName owner, Instant at) {
        renewals.compute(
                owner, (key, before) -> new Renewals(before == null ? null : before.succeededAt(), at, true, null));
    }

    /** It was answered: LM Studio counts from when it was sent at the earliest. */
    public void renewed(NamespacedName owner, Instant at) {
        renewals.put(owner, new Renewals(at, at, false, null));
    }

    /** It was not answered, which the next check judges; null when it was not even sent. */
    public void renewalFailed(NamespacedName owner, @Nullable LmStudioFailure failure) {
        renewals.computeIfPresent(
                owner, (key, before) -> new Renewals(before.succeededAt(), before.triedAt(), false, failure));
    }

    /** The failure of a renewal that no check has judged yet; whoever asks, judges it. */
    public Optional<LmStudioFailure> takeRenewalFailure(NamespacedName owner) {
        Renewals known = renewals.getOrDefault(owner, Renewals.NONE);
        if (known.failure() != null) {
            renewals.put(owner, new Renewals(known.succeededAt(), known.triedAt(), known.isUnderWay(), null));
        }
        return Optional.ofNullable(known.failure());
    }

    /** A failed look, a turn of somebody else or a new wait does not begin the drain anew. */
    void draining(NamespacedName owner, Instant at) {
        drains.putIfAbsent(owner, at);
    }

    /** The instance is not to be unloaded any more, or is gone. */
    void drained(NamespacedName owner) {
        drains.remove(owner);
    }

    /** All but a load that LM Studio may still carry out: others of the node have to wait for its end. */
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

    /** Nobody names it any more: who else does, has to know which copies are of this process' loads. */
    void forgetIdentifier(String identifier) {
        copiesBefore.remove(identifier);
    }
}
