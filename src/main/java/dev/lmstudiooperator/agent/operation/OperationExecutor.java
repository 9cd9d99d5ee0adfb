package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.plan.Action.AgentOperation;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.ModelNameSuggestions;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Executes one operation and observes LM Studio afterwards. */
final class OperationExecutor {

    private final LmStudioCli cli;
    private final ApiConfirmation api;
    private final ObservationSource observations;
    private final InstantSource clock;

    OperationExecutor(LmStudioCli cli, LmStudioApi api, ObservationSource observations, InstantSource clock) {
        this.cli = cli;
        this.api = new ApiConfirmation(api, observations);
        this.observations = observations;
        this.clock = clock;
    }

    /**
     * @param listener receives the progress of a download
     * @param confirmed called when the HTTP API confirms the result of a load or an unload, so that the next one can
     *     begin. The result itself follows from {@code lms ps}
     */
    OperationResult execute(
            AgentOperation operation, Consumer<DownloadProgress> listener, Consumer<Instant> confirmed) {
        return switch (operation) {
            case ModelOperation inMemory -> change(inMemory, confirmed);
            case Download download -> download(download, listener);
        };
    }

    private OperationResult change(ModelOperation operation, Consumer<Instant> confirmed) {
        Instant startedAt = clock.instant();
        if (operation instanceof ModelOperation.Load load && !isStillPossible(load)) {
            return new OperationResult.Cancelled(operation, startedAt, Duration.ZERO, false);
        }
        @Nullable LmStudioFailure failure = null;
        boolean isCancelled = false;
        try {
            switch (operation) {
                case ModelOperation.Load load -> cli.load(load.request());
                case ModelOperation.Unload unload -> cli.unload(unload.identifier());
            }
        } catch (LmStudioFailure e) {
            failure = e;
        } catch (InterruptedException e) {
            // The cancellation applies to this operation, not to the observation that must follow it.
            isCancelled = true;
        }
        Instant at = clock.instant();
        Duration duration = Duration.between(startedAt, at);
        boolean isConfirmed = failure == null && !isCancelled && api.confirmsResultOf(operation);
        if (isConfirmed) {
            confirmed.accept(at);
        }
        Optional<Observation> observation = await(isConfirmed ? observations.resyncSince(at) : observeAfter(failure));
        if (observation.isEmpty() || !isKnown(observation.get())) {
            return failure == null
                    ? new OperationResult.Unclear(operation, at, duration)
                    : new OperationResult.Failed(operation, at, duration, failure);
        }
        Optional<Instance> instance = observation.get().instance(operation.identifier());
        return isCancelled && !isReached(operation, instance)
                ? new OperationResult.Cancelled(operation, at, duration, true)
                : result(operation, at, duration, instance, failure);
    }

    /**
     * Whether the model on disk is unchanged and its identifier is free, checked immediately before the load. Otherwise
     * {@code lms load} loads a second copy and reports success. If no exact path names the model, it may also load a
     * model with a similar key.
     */
    private boolean isStillPossible(ModelOperation.Load load) {
        return latest(load)
                .filter(OperationExecutor::isKnown)
                .filter(observation -> observation.allows(load.request()))
                .filter(observation -> observation.instance(load.identifier()).isEmpty())
                .filter(observation -> !observation.isOnLinkedDevice(load.identifier()))
                .isPresent();
    }

    /** The API does not report which identifiers linked devices use. */
    private Optional<Observation> latest(ModelOperation.Load load) {
        if (!api.confirmsObservationFor(load)) {
            return completed(observations.refreshInventory());
        }
        Observation last = observations.current();
        return last.hasLinkedDevices() ? completed(observations.resync()) : Optional.of(last);
    }

    private static boolean isReached(ModelOperation operation, Optional<Instance> instance) {
        return switch (operation) {
            case ModelOperation.Load load ->
                instance.map(Instance::modelKey)
                        .filter(load.request().modelKey()::equals)
                        .isPresent();
            case ModelOperation.Unload unload -> instance.isEmpty();
        };
    }

    private static OperationResult result(
            ModelOperation operation,
            Instant at,
            Duration duration,
            Optional<Instance> instance,
            @Nullable LmStudioFailure failure) {
        return switch (operation) {
            case ModelOperation.Unload unload ->
                instance.isEmpty()
                        ? new OperationResult.Unloaded(unload, at, duration)
                        : new OperationResult.Failed(
                                unload,
                                at,
                                duration,
                                orElse(failure, "lms reported success, but lms ps still lists the instance"));
            case ModelOperation.Load load ->
                instance.isEmpty()
                        ? new OperationResult.Failed(load, at, duration, missing(load, failure))
                        : result(load, at, duration, instance.get(), failure);
        };
    }

    private static OperationResult result(
            ModelOperation.Load load,
            Instant at,
            Duration duration,
            Instance instance,
            @Nullable LmStudioFailure failure) {
        if (failure instanceof DomainFailure refused && refused.kind() != DomainFailure.Kind.INSTANCE_GONE) {
            // LM Studio refused the load, so another client loaded the instance with this identifier.
            return new OperationResult.Failed(load, at, duration, refused);
        }
        String wanted = load.request().modelKey();
        String loaded = instance.modelKey();
        if (loaded.equals(wanted)) {
            return new OperationResult.Loaded(load, at, duration, instance);
        }
        // Every load of this agent has the requested TTL.
        boolean isOfAnotherClient = !load.request().ttl().equals(instance.ttl());
        return isOfAnotherClient
                ? new OperationResult.Failed(
                        load,
                        at,
                        duration,
                        new DomainFailure(
                                DomainFailure.Kind.IDENTIFIER_LOST,
                                "Another client loaded %s as %s during the load".formatted(loaded, load.identifier())))
                : new OperationResult.LoadedAnother(
                        load,
                        at,
                        duration,
                        instance,
                        new DomainFailure(
                                DomainFailure.Kind.REFUSED,
                                "lms load loaded %s instead of %s".formatted(loaded, wanted)));
    }

    /** Only a running load reserves an identifier that no instance in memory uses. */
    private static LmStudioFailure missing(ModelOperation.Load load, @Nullable LmStudioFailure failure) {
        return failure instanceof DomainFailure refused && refused.kind() == DomainFailure.Kind.IDENTIFIER_TAKEN
                ? new DomainFailure(
                        DomainFailure.Kind.IDENTIFIER_RESERVED,
                        "LM Studio is still processing another load of the identifier " + load.identifier())
                : orElse(
                        failure,
                        "lms reported that it loaded %s, but lms ps does not list it"
                                .formatted(load.request().modelKey()));
    }

    private static LmStudioFailure orElse(@Nullable LmStudioFailure failure, String message) {
        return failure == null ? new DomainFailure(DomainFailure.Kind.REFUSED, message) : failure;
    }

    private static boolean isKnown(Observation observation) {
        return observation.loaded().isKnown();
    }

    /** The path of a model may change without its key. */
    private CompletableFuture<Observation> observeAfter(@Nullable LmStudioFailure failure) {
        boolean isModelMissing = failure != null && failure.is(DomainFailure.Kind.MODEL_NOT_FOUND);
        return isModelMissing ? observations.refreshInventory() : observations.resync();
    }

    /** The result must be observed. A cancellation at this point is too late. */
    private static Optional<Observation> await(CompletableFuture<Observation> observation) {
        try {
            return Optional.of(observation.join());
        } catch (CompletionException | CancellationException e) {
            return Optional.empty();
        } finally {
            Thread.interrupted();
        }
    }

    private OperationResult download(Download download, Consumer<DownloadProgress> listener) {
        Instant startedAt = clock.instant();
        AtomicReference<DownloadProgress> last = new AtomicReference<>();
        @Nullable LmStudioFailure failure = null;
        boolean isCancelled = false;
        try {
            cli.download(download.source(), progress -> {
                last.set(progress);
                listener.accept(progress);
            });
        } catch (LmStudioFailure e) {
            failure = sized(e, last.get());
        } catch (InterruptedException e) {
            isCancelled = true;
        }
        Instant at = clock.instant();
        Optional<Observation> observation = isCancelled ? Optional.empty() : completed(observations.refreshInventory());
        isCancelled |= observation.isEmpty() && Thread.interrupted();
        Duration duration = Duration.between(startedAt, clock.instant());
        if (isCancelled) {
            return new OperationResult.Cancelled(download, at, duration, true);
        }
        return observation.isEmpty()
                ? new OperationResult.Unclear(download, at, duration)
                : result(download, at, duration, observation.get(), failure);
    }

    private static OperationResult result(
            Download download,
            Instant at,
            Duration duration,
            Observation observation,
            @Nullable LmStudioFailure failure) {
        List<String> onDisk = observation.localKeys();
        if (onDisk.contains(download.source())) {
            return new OperationResult.Downloaded(download, at, duration);
        }
        if (failure != null) {
            return new OperationResult.Failed(download, at, duration, failure);
        }
        return observation.downloaded().isKnown()
                ? new OperationResult.Failed(download, at, duration, missing(download.source(), onDisk))
                : new OperationResult.Unclear(download, at, duration);
    }

    /** Another model that was downloaded instead does not count. */
    private static LmStudioFailure missing(String source, List<String> local) {
        return new DomainFailure(
                DomainFailure.Kind.DOWNLOAD_BROKE_OFF,
                "lms reported that it downloaded %s, but lms ls lists no model with exactly this key.%s"
                        .formatted(source, ModelNameSuggestions.nearest(source, local)));
    }

    /** Adds the total size to the failure, because it helps to diagnose a full disk. */
    private static LmStudioFailure sized(LmStudioFailure failure, @Nullable DownloadProgress last) {
        if (last == null
                || last.totalBytes() == null
                || !(failure instanceof DomainFailure domain)
                || domain.kind() != DomainFailure.Kind.DISK_FULL) {
            return failure;
        }
        return new DomainFailure(
                domain.kind(),
                "%s. The download needs %d bytes, of which %d had arrived"
                        .formatted(failure.explanation(), last.totalBytes(), last.downloadedBytes()));
    }

    /** Empty if the observation failed, or if the thread was interrupted, whose interrupt status is then set. */
    private static Optional<Observation> completed(CompletableFuture<Observation> observation) {
        try {
            return Optional.of(observation.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | CancellationException e) {
            return Optional.empty();
        }
    }
}
