package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Provides scripted observations to tests.
 *
 * @param observation the observation that needs no read
 * @param resyncs answers requests for {@code lms ps}; the argument is when it must have begun, {@link Instant#MAX} for
 *     after the request
 * @param inventories answers requests that include {@code lms ls}
 */
public record StubObservations(
        Supplier<Observation> observation,
        Function<Instant, CompletableFuture<Observation>> resyncs,
        Supplier<CompletableFuture<Observation>> inventories)
        implements ObservationSource {

    /** Requests for a read are never answered. */
    public static StubObservations of(Supplier<Observation> observation) {
        return new StubObservations(observation, since -> new CompletableFuture<>(), CompletableFuture::new);
    }

    /** Every request is answered with this observation. */
    public static StubObservations always(Supplier<Observation> observation) {
        return new StubObservations(
                observation,
                since -> CompletableFuture.completedFuture(observation.get()),
                () -> CompletableFuture.completedFuture(observation.get()));
    }

    @Override
    public Observation current() {
        return observation.get();
    }

    @Override
    public Instant memoryFreedAt() {
        return Instant.EPOCH;
    }

    @Override
    public CompletableFuture<Observation> resync() {
        return resyncs.apply(Instant.MAX);
    }

    @Override
    public CompletableFuture<Observation> resyncSince(Instant since) {
        return resyncs.apply(since);
    }

    @Override
    public CompletableFuture<Observation> refreshInventory() {
        return inventories.get();
    }
}
