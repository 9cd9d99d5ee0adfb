package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.plan.ModelOperation;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Executes one operation and observes LM Studio afterwards. */
final class OperationExecutor {

    private final LmStudioCli cli;
    private final Supplier<CompletableFuture<Observation>> look;
    private final Supplier<CompletableFuture<Observation>> lookAtDisk;
    private final InstantSource clock;

    OperationExecutor(
            LmStudioCli cli,
            Supplier<CompletableFuture<Observation>> look,
            Supplier<CompletableFuture<Observation>> lookAtDisk,
            InstantSource clock) {
        this.cli = cli;
        this.look = look;
        this.lookAtDisk = lookAtDisk;
        this.clock = clock;
    }

    OperationResult carryOut(ModelOperation mutation) {
        Instant startedAt = clock.instant();
        if (mutation instanceof ModelOperation.Load load && !isStillPossible(load)) {
            return new OperationResult.Cancelled(mutation, startedAt, Duration.ZERO, false);
        }
        @Nullable LmStudioFailure failure = null;
        boolean isCancelled = false;
        try {
            run(mutation);
        } catch (LmStudioFailure e) {
            failure = e;
        } catch (InterruptedException e) {
            // The cancellation applies to this operation, not to the observation that must follow it.
            isCancelled = true;
        }
        Instant at = clock.instant();
        Duration duration = Duration.between(startedAt, at);
        Optional<Observation> observation = lookAfterwards();
        if (observation.isEmpty() || !isKnown(observation.get())) {
            return failure == null
                    ? new OperationResult.Unclear(mutation, at, duration)
                    : new OperationResult.Failed(mutation, at, duration, failure);
        }
        Optional<Instance> instance = observation.get().instance(mutation.identifier());
        return isCancelled && !isReached(mutation, instance)
                ? new OperationResult.Cancelled(mutation, at, duration, true)
                : judge(mutation, at, duration, instance, failure);
    }

    /**
     * Whether the model on disk is unchanged and its identifier is free, observed immediately before the load.
     * Otherwise {@code lms load} loads a second copy and reports success. If no exact path names the model, it may also
     * load a model with a similar key.
     */
    private boolean isStillPossible(ModelOperation.Load load) {
        return lookBefore()
                .filter(OperationExecutor::isKnown)
                .filter(seen -> isLoadable(seen, load.request()))
                .filter(seen -> seen.instance(load.identifier()).isEmpty())
                .filter(seen -> !seen.isOnLinkedDevice(load.identifier()))
                .isPresent();
    }

    private static boolean isLoadable(Observation seen, LoadRequest request) {
        return seen.loadable(request.modelKey())
                .filter(model -> request.path() == null
                        || (request.path().equals(model.path()) && seen.isOnlyOneOfItsPath(model)))
                .isPresent();
    }

    private static boolean isReached(ModelOperation mutation, Optional<Instance> instance) {
        return switch (mutation) {
            case ModelOperation.Load load ->
                instance.map(Instance::modelKey)
                        .filter(load.request().modelKey()::equals)
                        .isPresent();
            case ModelOperation.Unload unload -> instance.isEmpty();
        };
    }

    private void run(ModelOperation mutation) throws LmStudioFailure, InterruptedException {
        switch (mutation) {
            case ModelOperation.Load load -> cli.load(load.request());
            case ModelOperation.Unload unload -> cli.unload(unload.identifier());
        }
    }

    private static OperationResult judge(
            ModelOperation mutation,
            Instant at,
            Duration duration,
            Optional<Instance> instance,
            @Nullable LmStudioFailure failure) {
        return switch (mutation) {
            case ModelOperation.Unload unload ->
                instance.isEmpty()
                        ? new OperationResult.Unloaded(mutation, at, duration)
                        : new OperationResult.Failed(
                                mutation,
                                at,
                                duration,
                                orElse(failure, "lms reported success, but lms ps still lists the instance"));
            case ModelOperation.Load load -> {
                String wanted = load.request().modelKey();
                if (instance.isEmpty() && failure != null && failure.is(DomainFailure.Kind.IDENTIFIER_TAKEN)) {
                    yield new OperationResult.Failed(mutation, at, duration, reserved(load));
                }
                if (instance.isEmpty()) {
                    yield new OperationResult.Failed(
                            mutation,
                            at,
                            duration,
                            orElse(
                                    failure,
                                    "lms reported that it loaded %s, but lms ps does not list it".formatted(wanted)));
                }
                if (failure instanceof DomainFailure refused && refused.kind() != DomainFailure.Kind.INSTANCE_GONE) {
                    // LM Studio refused the load, so another client loaded the instance with this identifier.
                    yield new OperationResult.Failed(mutation, at, duration, refused);
                }
                String loaded = instance.get().modelKey();
                if (loaded.equals(wanted)) {
                    yield new OperationResult.Loaded(mutation, at, duration, instance.get());
                }
                yield isOfAnotherClient(load, instance.get())
                        ? new OperationResult.Failed(mutation, at, duration, lost(load, loaded))
                        : new OperationResult.LoadedAnother(
                                mutation,
                                at,
                                duration,
                                instance.get(),
                                refusal("lms load loaded %s instead of %s".formatted(loaded, wanted)));
            }
        };
    }

    /** Every load of this agent has the requested TTL. Another TTL shows that another client loaded the instance. */
    private static boolean isOfAnotherClient(ModelOperation.Load load, Instance instance) {
        return !load.request().ttl().equals(instance.ttl());
    }

    private static LmStudioFailure lost(ModelOperation.Load load, String loaded) {
        return new DomainFailure(
                DomainFailure.Kind.IDENTIFIER_LOST,
                "Another client loaded %s as %s during the load".formatted(loaded, load.identifier()));
    }

    /** Only a running load reserves an identifier that no instance in memory uses. */
    private static LmStudioFailure reserved(ModelOperation.Load load) {
        return new DomainFailure(
                DomainFailure.Kind.IDENTIFIER_RESERVED,
                "LM Studio is still processing another load of the identifier " + load.identifier());
    }

    private static LmStudioFailure orElse(@Nullable LmStudioFailure failure, String message) {
        return failure == null ? refusal(message) : failure;
    }

    private static LmStudioFailure refusal(String message) {
        return new DomainFailure(DomainFailure.Kind.REFUSED, message);
    }

    private static boolean isKnown(Observation observation) {
        return observation.loaded().isKnown();
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

    /** The result must be observed. A cancellation at this point is too late. */
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
