package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.act.Outcome;
import dev.lmstudiooperator.agent.act.Owner;
import dev.lmstudiooperator.agent.plan.Check;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows about its ManagedModels beyond their status. All of it may be lost at any instant: a new
 * process checks again, and takes an intent that it finds in a status for carried out.
 */
final class Ledger {

    /**
     * What is known of one ManagedModel.
     *
     * @param outcome the last mutation, until a status tells of it
     * @param intendedRevision the load revision that this process has recorded and not begun to load
     * @param drainBeganAt when a busy instance began to be waited for; null while none is
     */
    record Entry(
            @Nullable Outcome outcome,
            @Nullable Check lastCheck,
            boolean isProbing,
            @Nullable String intendedRevision,
            @Nullable Instant renewedAt,
            @Nullable Instant drainBeganAt) {

        static final Entry EMPTY = new Entry(null, null, false, null, null, null);
    }

    private final ConcurrentMap<Owner, Entry> entries = new ConcurrentHashMap<>();

    Entry of(Owner owner) {
        return entries.getOrDefault(owner, Entry.EMPTY);
    }

    /** What was checked before a mutation proves nothing after it, and what it unloaded is waited for no longer. */
    void ended(Owner owner, Outcome outcome) {
        update(owner, e -> new Entry(outcome, null, e.isProbing, e.intendedRevision, e.renewedAt, null));
    }

    void told(Owner owner, @Nullable Outcome outcome) {
        if (outcome != null) {
            update(
                    owner,
                    e -> e.outcome == outcome
                            ? new Entry(null, e.lastCheck, e.isProbing, e.intendedRevision, e.renewedAt, e.drainBeganAt)
                            : e);
        }
    }

    void intend(Owner owner, String loadRevision) {
        update(owner, e -> new Entry(e.outcome, e.lastCheck, e.isProbing, loadRevision, e.renewedAt, e.drainBeganAt));
    }

    void begin(Owner owner) {
        update(owner, e -> new Entry(e.outcome, e.lastCheck, e.isProbing, null, e.renewedAt, e.drainBeganAt));
    }

    void probe(Owner owner) {
        update(owner, e -> new Entry(e.outcome, e.lastCheck, true, e.intendedRevision, e.renewedAt, e.drainBeganAt));
    }

    void probed(Owner owner) {
        update(owner, e -> new Entry(e.outcome, e.lastCheck, false, e.intendedRevision, e.renewedAt, e.drainBeganAt));
    }

    void checked(Owner owner, Check check) {
        update(owner, e -> new Entry(e.outcome, check, e.isProbing, e.intendedRevision, e.renewedAt, e.drainBeganAt));
    }

    /** The instance that was checked is gone. */
    void forgetCheck(Owner owner) {
        entries.computeIfPresent(
                owner,
                (o, e) -> new Entry(e.outcome, null, e.isProbing, e.intendedRevision, e.renewedAt, e.drainBeganAt));
    }

    void renewed(Owner owner, Instant at) {
        update(owner, e -> new Entry(e.outcome, e.lastCheck, e.isProbing, e.intendedRevision, at, e.drainBeganAt));
    }

    /** A failed look, a turn of somebody else or a new wait does not begin the drain anew. */
    void draining(Owner owner, Instant at) {
        update(
                owner,
                e -> e.drainBeganAt == null
                        ? new Entry(e.outcome, e.lastCheck, e.isProbing, e.intendedRevision, e.renewedAt, at)
                        : e);
    }

    /** The instance is not to be unloaded any more, or is gone. */
    void drained(Owner owner) {
        entries.computeIfPresent(
                owner, (o, e) -> new Entry(e.outcome, e.lastCheck, e.isProbing, e.intendedRevision, e.renewedAt, null));
    }

    void forget(Owner owner) {
        entries.remove(owner);
    }

    private void update(Owner owner, UnaryOperator<Entry> change) {
        entries.compute(owner, (o, entry) -> change.apply(entry == null ? Entry.EMPTY : entry));
    }
}
