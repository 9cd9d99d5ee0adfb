package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.observer.Change;
import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Observes LM Studio on request, and at the times of the real observer. */
final class SteppedObserver implements ObservationSource {

    private final LmStudioInMemory lmStudio;
    private final SimulatedTime time;
    private final Consumer<Change> onChange;
    private Observation current = new Observation(notObservedYet(), notObservedYet(), notObservedYet());
    private final BooleanSupplier isAnyLoadInterrupted;
    private Instant memoryFreedAt = Instant.EPOCH;
    private Instant observedAt;
    private int looks;

    SteppedObserver(
            LmStudioInMemory lmStudio,
            SimulatedTime time,
            BooleanSupplier isAnyLoadInterrupted,
            Consumer<Change> onChange) {
        this.isAnyLoadInterrupted = isAnyLoadInterrupted;
        this.lmStudio = lmStudio;
        this.time = time;
        this.onChange = onChange;
        this.observedAt = time.instant();
    }

    @Override
    public Observation current() {
        return current;
    }

    @Override
    public Instant memoryFreedAt() {
        return memoryFreedAt;
    }

    Instant observedAt() {
        return observedAt;
    }

    int looks() {
        return looks;
    }

    /** At the latest after one minute. A poll every two seconds detects changes. */
    Instant nextLookAt() {
        boolean isAllKnown = Stream.of(current.loaded(), current.downloaded(), current.served())
                .allMatch(Reading::isKnown);
        long pause = isAllKnown ? 60 : 10;
        Instant dueAt = observedAt.plusSeconds(isAnyLoadInterrupted.getAsBoolean() ? 2 : pause);
        Instant glanceAt = lmStudio.changedAt().plusSeconds(2);
        return !lmStudio.changedAt().isBefore(observedAt) && glanceAt.isBefore(dueAt) ? glanceAt : dueAt;
    }

    @Override
    public CompletableFuture<Observation> resync() {
        look();
        return CompletableFuture.completedFuture(current);
    }

    @Override
    public CompletableFuture<Observation> resyncSince(Instant since) {
        return resync();
    }

    @Override
    public CompletableFuture<Observation> refreshInventory() {
        return resync();
    }

    /** Begins after all earlier events. */
    void look() {
        time.proceed(time.in(Duration.ofMillis(1)));
        lmStudio.proceed(time.instant());
        observedAt = time.instant();
        looks++;
        Observation before = current;
        current = new Observation(
                read(lmStudio::loaded).after(before.loaded()),
                read(lmStudio::downloaded).after(before.downloaded()),
                read(lmStudio::list).after(before.served()),
                read(lmStudio::loading),
                Map.of());
        if (Change.mayHaveFreedMemory(before, current)) {
            memoryFreedAt = observedAt;
        }
        onChange.accept(Change.between(before, current));
    }

    private <T> Reading<T> read(Gauge<T> gauge) {
        try {
            return new Reading.Known<>(gauge.read(), observedAt);
        } catch (LmStudioFailure failure) {
            return new Reading.Unknown<>(failure, observedAt);
        }
    }

    @FunctionalInterface
    private interface Gauge<T> {
        T read() throws LmStudioFailure;
    }

    private static <T> Reading<T> notObservedYet() {
        return new Reading.Unknown<>(
                new InfrastructureFailure(InfrastructureFailure.Kind.NOT_OBSERVED_YET, "not queried yet"),
                Instant.EPOCH);
    }
}
