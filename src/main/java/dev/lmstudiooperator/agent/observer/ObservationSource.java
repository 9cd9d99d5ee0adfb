package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** Provides observations of LM Studio. Each future is cancelled when the observer closes. */
public interface ObservationSource {

    /** The latest observation, without a new read. All readings are unknown before the first one. */
    Observation current();

    /** When an instance was last observed to be gone. */
    Instant memoryFreedAt();

    /** A resync that begins after this call. Concurrent requests share one resync. */
    CompletableFuture<Observation> resync();

    /**
     * A resync that began at or after this time, whether finished or running, so that requests can share it. It may wait
     * for a moment while operations follow each other.
     */
    CompletableFuture<Observation> resyncSince(Instant since);

    /** Same as {@link #resync()}, including the models on disk. */
    CompletableFuture<Observation> refreshInventory();
}
