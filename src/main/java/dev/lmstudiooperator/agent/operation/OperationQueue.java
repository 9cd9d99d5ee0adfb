package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.plan.Action.AgentOperation;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs the operations of ManagedModels on LM Studio, one at a time in each {@link Slot}. The queue holds requests for a
 * slot only. The owner that gets the slot plans again, with an observation that includes all earlier operations.
 */
public final class OperationQueue {

    /** Operations in different slots run at the same time. */
    public enum Slot {
        /** For loads and unloads, because GPU memory is one resource. */
        MEMORY("operation-"),
        /** For downloads, so that a long download does not delay loads. */
        DOWNLOAD("download-");

        private final String threadPrefix;

        Slot(String threadPrefix) {
            this.threadPrefix = threadPrefix;
        }

        static Slot of(AgentOperation operation) {
            return switch (operation) {
                case ModelOperation inMemory -> MEMORY;
                case Download download -> DOWNLOAD;
            };
        }
    }

    /** Receives the events of the queue. */
    public interface Listener {
        /**
         * Called when the operation has ended and LM Studio has been observed since. The slot stays occupied until this
         * returns.
         */
        void ended(ResourceID owner, OperationResult result);

        /**
         * Called to plan again: the operation has ended, there is progress to report, or the owner has the slot, which
         * it must use or withdraw.
         */
        void reconcile(ResourceID owner);
    }

    private record Running(ResourceID owner, AgentOperation operation, Thread thread, ProgressThrottle progress) {}

    /** The operation in a slot, and the requests for the slot. */
    private static final class SlotQueue {

        /** In the order of their requests. */
        private final Map<ResourceID, AgentOperation> waiting = new LinkedHashMap<>();

        /** Operations that have ended and released the slot, but whose result is not recorded yet. */
        private final Map<ResourceID, Running> confirmed = new HashMap<>();

        private @Nullable Running running;
        private @Nullable ResourceID reservedFor;
        private boolean isCancelled;

        Optional<Running> runningFor(ResourceID owner) {
            return Optional.ofNullable(running)
                    .filter(operation -> operation.owner().equals(owner));
        }

        Optional<Running> unrecordedFor(ResourceID owner) {
            return runningFor(owner).or(() -> Optional.ofNullable(confirmed.get(owner)));
        }

        Optional<ResourceID> otherHolder(ResourceID owner) {
            ResourceID holder = running == null ? reservedFor : running.owner();
            return Optional.ofNullable(holder).filter(other -> !other.equals(owner));
        }

        /** Unloads go before loads, because they free the memory that loads need. */
        Optional<ResourceID> reserveNext() {
            Optional<ResourceID> next = waiting.entrySet().stream()
                    .min(Comparator.comparing(entry -> entry.getValue() instanceof ModelOperation.Load))
                    .map(Map.Entry::getKey);
            next.ifPresent(owner -> {
                waiting.remove(owner);
                reservedFor = owner;
            });
            return next;
        }
    }

    /** The end of a load or an unload. */
    private record Change(ResourceID owner, String identifier, Instant at) {}

    private final OperationExecutor executor;
    private final ObservationSource observations;
    private final InstantSource clock;
    private final Listener listener;
    private final SlotQueue memory = new SlotQueue();
    private final SlotQueue downloads = new SlotQueue();

    /** Changes that the last observation may not show. */
    private final List<Change> changes = new ArrayList<>();

    public OperationQueue(
            LmStudioCli cli, LmStudioApi api, ObservationSource observations, InstantSource clock, Listener listener) {
        this.executor = new OperationExecutor(cli, api, observations, clock);
        this.observations = observations;
        this.clock = clock;
        this.listener = listener;
    }

    /**
     * When a load or unload by this owner, or of this identifier, last ended. Observations that began earlier do not
     * show its result. Older than the last observation if there is no such operation.
     */
    public synchronized Instant changedAt(ResourceID owner, String identifier) {
        return changes.stream()
                .filter(change ->
                        change.owner().equals(owner) || change.identifier().equals(identifier))
                .map(Change::at)
                .max(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
    }

    /** Whether a load or an unload is running, or is about to begin. */
    public synchronized boolean isRunning() {
        return memory.running != null || memory.reservedFor != null;
    }

    /** The load or unload that is running for this owner, or whose result is not recorded yet. */
    public synchronized Optional<ModelOperation> running(ResourceID owner) {
        return memory.unrecordedFor(owner).map(Running::operation).map(ModelOperation.class::cast);
    }

    /** The download that is running for this owner, with the last progress that was reported. */
    public synchronized Optional<Download> download(ResourceID owner) {
        return downloads
                .runningFor(owner)
                .map(running -> new Download(
                        ((Download) running.operation()).source(),
                        running.progress().reported()));
    }

    /** The holder of the slot, if it is not this owner. */
    public synchronized Optional<ResourceID> otherHolder(ResourceID owner, Slot slot) {
        return slotQueue(slot).otherHolder(owner);
    }

    /**
     * Starts the operation, unless another owner has the slot.
     *
     * @param beforeStart runs immediately before the operation starts, and only if it starts
     * @return whether the operation started
     */
    public synchronized boolean begin(ResourceID owner, AgentOperation operation, Runnable beforeStart) {
        Slot slot = Slot.of(operation);
        SlotQueue slotQueue = slotQueue(slot);
        if (slotQueue.running != null
                || slotQueue.confirmed.containsKey(owner)
                || slotQueue.otherHolder(owner).isPresent()) {
            return false;
        }
        slotQueue.waiting.remove(owner);
        slotQueue.reservedFor = null;
        slotQueue.isCancelled = false;
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name(slot.threadPrefix
                        + Cache.namespaceKeyFunc(owner.getNamespace().orElse(""), owner.getName()))
                .unstarted(() -> run(owner, operation));
        slotQueue.running = new Running(owner, operation, thread, new ProgressThrottle());
        beforeStart.run();
        thread.start();
        return true;
    }

    /** Requests the slot. The owner keeps its place in the queue as long as it repeats the request. */
    public void await(ResourceID owner, AgentOperation operation) {
        Optional<ResourceID> next;
        synchronized (this) {
            SlotQueue slotQueue = slotQueue(Slot.of(operation));
            slotQueue.waiting.put(owner, operation);
            boolean isFree = slotQueue.running == null && slotQueue.reservedFor == null;
            next = isFree ? slotQueue.reserveNext() : Optional.empty();
        }
        next.ifPresent(listener::reconcile);
    }

    /** Releases the slot, or the request for it. */
    public void withdraw(ResourceID owner, Slot slot) {
        Optional<ResourceID> next;
        synchronized (this) {
            SlotQueue slotQueue = slotQueue(slot);
            slotQueue.waiting.remove(owner);
            if (!owner.equals(slotQueue.reservedFor)) {
                return;
            }
            slotQueue.reservedFor = null;
            next = slotQueue.reserveNext();
        }
        next.ifPresent(listener::reconcile);
    }

    /**
     * Interrupts the running operation of the owner once, like Ctrl-C. LM Studio may continue a download. The next
     * download of the same model then joins it.
     */
    public synchronized void cancel(ResourceID owner, Slot slot) {
        SlotQueue slotQueue = slotQueue(slot);
        slotQueue.runningFor(owner).filter(running -> !slotQueue.isCancelled).ifPresent(running -> {
            slotQueue.isCancelled = true;
            running.thread().interrupt();
        });
    }

    private void run(ResourceID owner, AgentOperation operation) {
        OperationLogger.begins(owner, operation);
        OperationResult result = executor.execute(
                operation, progress -> progressed(owner, progress), endedAt -> confirmed(owner, endedAt));
        OperationLogger.ended(owner, result);
        listener.ended(owner, result);
        Optional<ResourceID> next;
        synchronized (this) {
            SlotQueue slotQueue = slotQueue(Slot.of(operation));
            boolean isSlotReleased = slotQueue.confirmed.remove(owner) != null;
            next = isSlotReleased ? Optional.empty() : release(slotQueue, result.at());
        }
        listener.reconcile(owner);
        next.ifPresent(listener::reconcile);
    }

    /** The next operation need not wait for {@code lms ps}. */
    private void confirmed(ResourceID owner, Instant endedAt) {
        Optional<ResourceID> next;
        synchronized (this) {
            memory.runningFor(owner).ifPresent(running -> memory.confirmed.put(owner, running));
            next = release(memory, endedAt);
        }
        next.ifPresent(listener::reconcile);
    }

    /** Returns the owner that gets the slot next. */
    private Optional<ResourceID> release(SlotQueue slotQueue, Instant endedAt) {
        Instant observedAt = observations.current().loaded().at();
        changes.removeIf(change -> change.at().isBefore(observedAt));
        if (slotQueue.running != null && slotQueue.running.operation() instanceof ModelOperation operation) {
            changes.add(new Change(slotQueue.running.owner(), operation.identifier(), endedAt));
        }
        slotQueue.running = null;
        return slotQueue.reserveNext();
    }

    private void progressed(ResourceID owner, DownloadProgress progress) {
        boolean isReported;
        synchronized (this) {
            isReported = downloads
                    .runningFor(owner)
                    .filter(running -> running.progress().admits(progress, clock.instant()))
                    .isPresent();
        }
        if (isReported) {
            listener.reconcile(owner);
        }
    }

    private SlotQueue slotQueue(Slot slot) {
        return switch (slot) {
            case MEMORY -> memory;
            case DOWNLOAD -> downloads;
        };
    }
}
