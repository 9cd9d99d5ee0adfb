package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.plan.ModelOperation;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes LM Studio's memory, one mutation at a time: GPU memory is one resource. Nothing is queued but the wish for a
 * turn: whoever's turn comes plans again, on an observation that knows of everything before it.
 */
public final class OperationQueue {

    /** What the lane tells its node. */
    public interface Listener {
        /** The mutation has ended; LM Studio has been looked at since. The lane is not free before this returns. */
        void ended(NamespacedName owner, OperationResult outcome);

        /** It is to plan again: its mutation has ended, or its turn has come, which it takes or withdraws from. */
        void wake(NamespacedName owner);
    }

    private record Running(NamespacedName owner, ModelOperation mutation, Thread thread) {}

    private final OperationExecutor mutator;
    private final Listener listener;

    /** In the order in which they fell due. */
    private final Map<NamespacedName, ModelOperation> waiting = new LinkedHashMap<>();

    private @Nullable Running running;
    private @Nullable NamespacedName reservedFor;
    private Instant changedAt;

    public OperationQueue(
            LmStudioCli cli,
            Supplier<CompletableFuture<Observation>> look,
            Supplier<CompletableFuture<Observation>> lookAtDisk,
            InstantSource clock,
            Listener listener) {
        this.mutator = new OperationExecutor(cli, look, lookAtDisk, clock);
        this.listener = listener;
        this.changedAt = Instant.EPOCH;
    }

    /** When LM Studio's memory was last changed; an observation that began before knows nothing. */
    public synchronized Instant changedAt() {
        return changedAt;
    }

    public synchronized Optional<ModelOperation> running(NamespacedName owner) {
        return running != null && running.owner().equals(owner) ? Optional.of(running.mutation()) : Optional.empty();
    }

    /** Whose turn it is, if it is not this owner's. */
    public synchronized Optional<NamespacedName> turnOfAnother(NamespacedName owner) {
        NamespacedName holder = running == null ? reservedFor : running.owner();
        return Optional.ofNullable(holder).filter(other -> !other.equals(owner));
    }

    /** Begins the mutation, unless it is somebody else's turn: only a mutation that begins is noted, before it does. */
    public synchronized boolean begin(NamespacedName owner, ModelOperation mutation, Runnable note) {
        if (running != null || turnOfAnother(owner).isPresent()) {
            return false;
        }
        waiting.remove(owner);
        reservedFor = null;
        Thread thread =
                Thread.ofPlatform().daemon().name("mutation-" + owner).unstarted(() -> carryOut(owner, mutation));
        running = new Running(owner, mutation, thread);
        note.run();
        thread.start();
        return true;
    }

    /** Asks for a turn. The place in the queue is kept while the owner goes on asking. */
    public void await(NamespacedName owner, ModelOperation mutation) {
        Optional<NamespacedName> next;
        synchronized (this) {
            waiting.put(owner, mutation);
            boolean isFree = running == null && reservedFor == null;
            next = isFree ? reserveNext() : Optional.empty();
        }
        next.ifPresent(listener::wake);
    }

    /** Gives up the turn, or the wish for one. */
    public void withdraw(NamespacedName owner) {
        Optional<NamespacedName> next;
        synchronized (this) {
            waiting.remove(owner);
            if (!owner.equals(reservedFor)) {
                return;
            }
            reservedFor = null;
            next = reserveNext();
        }
        next.ifPresent(listener::wake);
    }

    /** Cancels the owner's running mutation, the way Ctrl-C does. */
    public synchronized void cancel(NamespacedName owner) {
        if (running != null && running.owner().equals(owner)) {
            running.thread().interrupt();
        }
    }

    private void carryOut(NamespacedName owner, ModelOperation mutation) {
        OperationLogger.begins(owner, mutation);
        OperationResult outcome = mutator.carryOut(mutation);
        OperationLogger.ended(owner, outcome);
        listener.ended(owner, outcome);
        Optional<NamespacedName> next;
        synchronized (this) {
            running = null;
            changedAt = outcome.at();
            next = reserveNext();
        }
        listener.wake(owner);
        next.ifPresent(listener::wake);
    }

    /** Unloads before loads, since they free the memory that loads need. */
    private Optional<NamespacedName> reserveNext() {
        Optional<NamespacedName> next = waiting.entrySet().stream()
                .min(Comparator.comparing(entry -> entry.getValue() instanceof ModelOperation.Load))
                .map(Map.Entry::getKey);
        next.ifPresent(owner -> {
            waiting.remove(owner);
            reservedFor = owner;
        });
        return next;
    }
}
