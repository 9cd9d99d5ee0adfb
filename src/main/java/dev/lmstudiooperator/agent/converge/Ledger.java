package dev.lmstudiooperator.agent.converge;

import dev.lmstudiooperator.agent.act.DownloadOutcome;
import dev.lmstudiooperator.agent.act.Outcome;
import dev.lmstudiooperator.agent.act.Owner;
import dev.lmstudiooperator.agent.plan.Check;
import dev.lmstudiooperator.agent.plan.Mutation;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows about its ManagedModels beyond their status. All of it may be lost at any instant: a new
 * process checks again, and takes an intent that it finds in a status for carried out.
 */
public final class Ledger {

    private final Map<Owner, Outcome> outcomes = new ConcurrentHashMap<>();
    private final Map<Owner, DownloadOutcome> downloads = new ConcurrentHashMap<>();
    private final Map<Owner, Check> checks = new ConcurrentHashMap<>();
    private final Set<Owner> probing = ConcurrentHashMap.newKeySet();
    private final Map<Owner, String> intents = new ConcurrentHashMap<>();
    private final Map<Owner, String> fruitless = new ConcurrentHashMap<>();
    private final Map<Owner, Instant> renewals = new ConcurrentHashMap<>();
    private final Map<Owner, Instant> drains = new ConcurrentHashMap<>();
    private final Map<Owner, Integer> passesUntold = new ConcurrentHashMap<>();
    private final Set<Owner> loaders = ConcurrentHashMap.newKeySet();
    private final Map<String, Set<String>> copiesBefore = new ConcurrentHashMap<>();

    /**
     * What is known of one ManagedModel.
     *
     * @param outcome the last mutation, until a status tells of it
     * @param download what the last download came to, until a status tells of it
     * @param intendedRevision the load revision that this process has recorded and not begun to load
     * @param fruitlessRevision the load revision that this process has recorded and of which no load can have left an
     *     instance: none was begun, or all were refused or cancelled
     * @param drainBeganAt when a busy instance began to be waited for; null while none is
     * @param hasLoaded whether this process has begun to load it
     */
    public record Entry(
            @Nullable Outcome outcome,
            @Nullable DownloadOutcome download,
            @Nullable Check lastCheck,
            boolean isProbing,
            @Nullable String intendedRevision,
            @Nullable String fruitlessRevision,
            @Nullable Instant renewedAt,
            @Nullable Instant drainBeganAt,
            boolean hasLoaded) {}

    public Entry of(Owner owner) {
        return new Entry(
                outcomes.get(owner),
                downloads.get(owner),
                checks.get(owner),
                probing.contains(owner),
                intents.get(owner),
                fruitless.get(owner),
                renewals.get(owner),
                drains.get(owner),
                loaders.contains(owner));
    }

    /**
     * What was checked before a mutation proves nothing after it, and what it unloaded is waited for no longer. A load that
     * nobody could look at does not count as the one load of its revision.
     */
    public void ended(Owner owner, Outcome outcome) {
        outcomes.put(owner, outcome);
        checks.remove(owner);
        drains.remove(owner);
        if (outcome.mutation() instanceof Mutation.Load load) {
            loadEnded(owner, load, outcome);
        }
    }

    private void loadEnded(Owner owner, Mutation.Load load, Outcome outcome) {
        if (outcome instanceof Outcome.Unclear) {
            intents.put(owner, load.loadRevision());
        }
        if (!outcome.hasSurelyLoadedNothing()) {
            fruitless.remove(owner);
        }
    }

    public void downloadEnded(Owner owner, DownloadOutcome outcome) {
        downloads.put(owner, outcome);
    }

    /** A status tells of the outcomes that stood in this entry. */
    void told(Owner owner, Entry entry) {
        if (entry.outcome() != null) {
            outcomes.remove(owner, entry.outcome());
        }
        if (entry.download() != null) {
            downloads.remove(owner, entry.download());
        }
    }

    /** Counts a pass; how many there were that no status tells of yet, this one included. */
    int pass(Owner owner) {
        return passesUntold.merge(owner, 1, Integer::sum);
    }

    void passesTold(Owner owner) {
        passesUntold.remove(owner);
    }

    void intend(Owner owner, String loadRevision) {
        intents.put(owner, loadRevision);
        fruitless.put(owner, loadRevision);
    }

    void begin(Owner owner) {
        intents.remove(owner);
    }

    void beginLoad(Owner owner, String identifier, Set<String> copies) {
        begin(owner);
        loaders.add(owner);
        copiesBefore.putIfAbsent(identifier, copies);
    }

    /** The second copies of an identifier that were there before this process first loaded it; empty if it never did. */
    Optional<Set<String>> copiesBefore(String identifier) {
        return Optional.ofNullable(copiesBefore.get(identifier));
    }

    public void probe(Owner owner) {
        probing.add(owner);
    }

    public void probed(Owner owner) {
        probing.remove(owner);
    }

    public void checked(Owner owner, Check check) {
        checks.put(owner, check);
    }

    /** The instance that was checked is gone. */
    void forgetCheck(Owner owner) {
        checks.remove(owner);
    }

    public void renewed(Owner owner, Instant at) {
        renewals.put(owner, at);
    }

    /** A failed look, a turn of somebody else or a new wait does not begin the drain anew. */
    void draining(Owner owner, Instant at) {
        drains.putIfAbsent(owner, at);
    }

    /** The instance is not to be unloaded any more, or is gone. */
    void drained(Owner owner) {
        drains.remove(owner);
    }

    public void forget(Owner owner) {
        outcomes.remove(owner);
        downloads.remove(owner);
        checks.remove(owner);
        probing.remove(owner);
        intents.remove(owner);
        fruitless.remove(owner);
        renewals.remove(owner);
        drains.remove(owner);
        passesUntold.remove(owner);
        loaders.remove(owner);
    }

    /** Nobody names it any more: who else does, has to know which copies are of this process' loads. */
    void forgetIdentifier(String identifier) {
        copiesBefore.remove(identifier);
    }
}
