package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
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
 * Runs operations on LM Studio one at a time, because GPU memory is one resource. The queue holds requests for the slot
 * only. The owner that gets the slot plans again, with an observation that includes all earlier operations.
 */
public final class OperationQueue {

    /** Receives the events of the queue. */
    public interface Listener {
        /**
         * Called when the operation has ended and LM Studio has been observed since. The slot stays occupied until this
         * returns.
         */
        void ended(NamespacedName owner, OperationResult outcome);

        /** Called to plan again: the operation has ended, or the owner has the slot, which it must use or withdraw. */
        void wake(NamespacedName owner);
    }

    private record Running(NamespacedName owner, ModelOperation mutation, Thread thread) {}

    private final OperationExecutor mutator;
    private final Listener listener;

    /** In the order of their requests. */
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

    /** When an operation last changed LM Studio. Observations that began earlier are outdated. */
    public synchronized Instant changedAt() {
        return changedAt;
    }

    public synchronized Optional<ModelOperation> running(NamespacedName owner) {
        return running != null && running.owner().equals(owner) ? Optional.of(running.mutation()) : Optional.empty();
    }

    /** The holder of the slot, if it is not this owner. */
    public synchronized Optional<NamespacedName> turnOfAnother(NamespacedName owner) {
        NamespacedName holder = running == null ? reservedFor : running.owner();
        return Optional.ofNullable(holder).filter(other -> !other.equals(owner));
    }

    /**
     * Starts the operation, unless another owner has the slot.
     *
     * @param note runs immediately before the operation starts, and only if it starts
     * @return whether the operation started
     */
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

    /** Requests the slot. The owner keeps its place in the queue as long as it repeats the request. */
    public void await(NamespacedName owner, ModelOperation mutation) {
        Optional<NamespacedName> next;
        synchronized (this) {
            waiting.put(owner, mutation);
            boolean isFree = running == null && reservedFor == null;
            next = isFree ? reserveNext() : Optional.empty();
        }
        next.ifPresent(listener::wake);
    }

    /** Releases the slot, or the request for it. */
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

    /** Interrupts the running operation of the owner, like Ctrl-C. */
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

    /** Unloads go before loads, because they free the memory that loads need. */
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
