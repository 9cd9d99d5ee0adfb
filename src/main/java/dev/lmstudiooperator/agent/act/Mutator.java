package dev.lmstudiooperator.agent.act;

import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Carries one mutation out, and looks at LM Studio afterwards. */
final class Mutator {

    private final LmStudioCli cli;
    private final Supplier<CompletableFuture<Observation>> look;
    private final Supplier<CompletableFuture<Observation>> lookAtDisk;
    private final InstantSource clock;

    Mutator(
            LmStudioCli cli,
            Supplier<CompletableFuture<Observation>> look,
            Supplier<CompletableFuture<Observation>> lookAtDisk,
            InstantSource clock) {
        this.cli = cli;
        this.look = look;
        this.lookAtDisk = lookAtDisk;
        this.clock = clock;
    }

    Outcome carryOut(Mutation mutation) {
        Instant startedAt = clock.instant();
        if (mutation instanceof Mutation.Load load && !isStillPossible(load)) {
            return new Outcome.Cancelled(mutation, startedAt, Duration.ZERO);
        }
        @Nullable LmStudioFailure failure = null;
        boolean isCancelled = false;
        try {
            run(mutation);
        } catch (LmStudioFailure e) {
            failure = e;
        } catch (InterruptedException e) {
            // It was this mutation that was cancelled, not the look that must follow it.
            isCancelled = true;
        }
        Instant at = clock.instant();
        Duration duration = Duration.between(startedAt, at);
        Optional<Observation> observation = lookAfterwards();
        if (observation.isEmpty() || !isKnown(observation.get())) {
            return failure == null
                    ? new Outcome.Unclear(mutation, at, duration)
                    : new Outcome.Failed(mutation, at, duration, failure);
        }
        Optional<Instance> instance = observation.get().instance(mutation.identifier());
        return isCancelled && !isReached(mutation, instance)
                ? new Outcome.Cancelled(mutation, at, duration)
                : judge(mutation, at, duration, instance, failure);
    }

    /**
     * Whether the model is on disk and its identifier free, seen a moment before the load: {@code lms load} would load
     * whatever else looks similar, or a second copy, and report success.
     */
    private boolean isStillPossible(Mutation.Load load) {
        return lookBefore()
                .filter(Mutator::isKnown)
                .filter(seen -> seen.localKeys().contains(load.request().modelKey()))
                .filter(seen -> seen.instance(load.identifier()).isEmpty())
                .isPresent();
    }

    private static boolean isReached(Mutation mutation, Optional<Instance> instance) {
        return switch (mutation) {
            case Mutation.Load load ->
                instance.map(Instance::modelKey)
                        .filter(load.request().modelKey()::equals)
                        .isPresent();
            case Mutation.Unload unload -> instance.isEmpty();
        };
    }

    private void run(Mutation mutation) throws LmStudioFailure, InterruptedException {
        switch (mutation) {
            case Mutation.Load load -> cli.load(load.request());
            case Mutation.Unload unload -> cli.unload(unload.identifier());
        }
    }

    private static Outcome judge(
            Mutation mutation,
            Instant at,
            Duration duration,
            Optional<Instance> instance,
            @Nullable LmStudioFailure failure) {
        return switch (mutation) {
            case Mutation.Unload unload ->
                instance.isEmpty()
                        ? new Outcome.Unloaded(mutation, at, duration)
                        : new Outcome.Failed(
                                mutation,
                                at,
                                duration,
                                orElse(failure, "lms said that it unloaded, but lms ps still lists it"));
            case Mutation.Load load -> {
                String wanted = load.request().modelKey();
                if (instance.isEmpty()) {
                    yield new Outcome.Failed(
                            mutation,
                            at,
                            duration,
                            orElse(
                                    failure,
                                    "lms said that it loaded %s, but lms ps does not list it".formatted(wanted)));
                }
                if (failure instanceof DomainFailure refused && refused.kind() != DomainFailure.Kind.INSTANCE_GONE) {
                    // LM Studio refused: what carries the identifier was loaded by somebody else.
                    yield new Outcome.Failed(mutation, at, duration, refused);
                }
                String loaded = instance.get().modelKey();
                yield loaded.equals(wanted)
                        ? new Outcome.Loaded(mutation, at, duration, instance.get())
                        : new Outcome.Failed(
                                mutation,
                                at,
                                duration,
                                refusal("lms loaded %s, though it was asked for %s".formatted(loaded, wanted)));
            }
        };
    }

    private static LmStudioFailure orElse(@Nullable LmStudioFailure failure, String message) {
        return failure == null ? refusal(message) : failure;
    }

    private static LmStudioFailure refusal(String message) {
        return new DomainFailure(DomainFailure.Kind.REFUSED, message);
    }

    private static boolean isKnown(Observation observation) {
        return observation.loaded() instanceof Reading.Known<List<Instance>>;
    }

    private Optional<Observation> lookBefore() {
        try {
            return Optional.of(lookAtDisk.get().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | CancellationException e) {
            return Optional.empty();
        }
    }

    /** What was done must be seen: a cancel that comes now comes too late. */
    private Optional<Observation> lookAfterwards() {
        try {
            return Optional.of(look.get().join());
        } catch (CompletionException | CancellationException e) {
            return Optional.empty();
        } finally {
            Thread.interrupted();
        }
    }
}
