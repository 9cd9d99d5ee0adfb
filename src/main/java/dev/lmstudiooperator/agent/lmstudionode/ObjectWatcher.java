package dev.lmstudiooperator.agent.lmstudionode;

import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Provides the current state of one object: the latest event of its informer, or a later write. The informer watches
 * only this object. Used by one thread.
 */
final class ObjectWatcher<T extends HasMetadata> implements AutoCloseable {

    /** The known state of the object. */
    sealed interface View<T extends HasMetadata> {}

    /**
     * The current state.
     *
     * @param object null if there is none
     */
    record Known<T extends HasMetadata>(@Nullable T object) implements View<T> {}

    /** The informer has not synced yet. */
    record Pending<T extends HasMetadata>() implements View<T> {}

    /** The API server does not allow this agent to read the object, or does not know its type. */
    record Refused<T extends HasMetadata>() implements View<T> {}

    private static final Logger LOG = Logger.getLogger(ObjectWatcher.class);
    private static final Set<Integer> REFUSALS = Set.of(403, 404);

    /** Time between two attempts to read the object after a refusal. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    /** By then the informer has received the write, or the deletion of the object. */
    private static final Duration INFORMER_DELAY = Duration.ofMinutes(1);

    /** Resource versions are growing numbers, and may be longer than any numeric type. */
    private static final Comparator<String> BY_AGE =
            Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder());

    private final FilterWatchListDeletable<T, KubernetesResourceList<T>, Resource<T>> object;
    private final String description;
    private final Runnable onEvent;
    private final InstantSource clock;

    private @Nullable SharedIndexInformer<T> informer;
    private Instant refusedUntil = Instant.MIN;
    private boolean isRefusalLogged;
    private Instant writtenAt = Instant.MIN;
    private volatile @Nullable T written;

    /** @param onEvent called after each event, by a thread of the client */
    ObjectWatcher(KubernetesClient client, Class<T> type, String name, Runnable onEvent, InstantSource clock) {
        this.object = client.resources(type).withField("metadata.name", name);
        this.description = type.getSimpleName() + " " + name;
        this.onEvent = onEvent;
        this.clock = clock;
    }

    /** Returns the known state. Starts an informer if none is running. */
    View<T> view() {
        SharedIndexInformer<T> following = informer;
        if (following != null && following.isRunning()) {
            return following.hasSynced() ? new Known<>(latest(following)) : new Pending<>();
        }
        if (clock.instant().isBefore(refusedUntil)) {
            return new Refused<>();
        }
        close();
        return isRefused() ? new Refused<>() : follow();
    }

    /** Records the answer of the API server to a write, because the informer receives it later. */
    void wrote(T answer) {
        written = answer;
        writtenAt = clock.instant();
    }

    /** Reads the object before an informer does, because an informer logs each refusal at length. */
    private boolean isRefused() {
        try {
            object.list();
            isRefusalLogged = false;
            return false;
        } catch (KubernetesClientException e) {
            if (!REFUSALS.contains(e.getCode())) {
                throw e;
            }
            refusedUntil = clock.instant().plus(PAUSE);
            if (!isRefusalLogged) {
                LogEvent.of("Not allowed to watch an object of the node")
                        .with(
                                LogField.ERROR,
                                "%s: HTTP %d: install the roles and resource types with `kubectl apply -k k8s`, with the manifests of this release"
                                        .formatted(description, e.getCode()))
                        .warn(LOG);
                isRefusalLogged = true;
            }
            return true;
        }
    }

    private View<T> follow() {
        SharedIndexInformer<T> started = object.runnableInformer(0)
                .addEventHandler(new Handler())
                .exceptionHandler((isStarted, e) -> !isRefusal(e));
        informer = started;
        started.start();
        return new Pending<>();
    }

    private static boolean isRefusal(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(e -> e instanceof KubernetesClientException refusal && REFUSALS.contains(refusal.getCode()));
    }

    private @Nullable T latest(SharedIndexInformer<T> following) {
        T informed = following.getStore().list().stream().findFirst().orElse(null);
        T ours = clock.instant().isBefore(writtenAt.plus(INFORMER_DELAY)) ? written : null;
        return ours == null || (informed != null && BY_AGE.compare(version(informed), version(ours)) >= 0)
                ? informed
                : ours;
    }

    private static String version(HasMetadata object) {
        return object.getMetadata().getResourceVersion();
    }

    @Override
    public void close() {
        SharedIndexInformer<T> following = informer;
        if (following != null) {
            following.close();
            informer = null;
        }
    }

    private final class Handler implements ResourceEventHandler<T> {

        @Override
        public void onNothing() {
            onEvent.run();
        }

        @Override
        public void onAdd(T added) {
            onEvent.run();
        }

        @Override
        public void onUpdate(T before, T after) {
            onEvent.run();
        }

        @Override
        public void onDelete(T deleted, boolean isFinalStateUnknown) {
            T ours = written;
            if (ours != null
                    && ours.getMetadata().getUid().equals(deleted.getMetadata().getUid())) {
                written = null;
            }
            onEvent.run();
        }
    }
}
