package dev.lmstudiooperator.controller.cache;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Caches the resources of one kind, and triggers reconciliations of those that have not changed themselves. It is empty
 * before the framework starts it: other controllers that are already running read it too.
 */
public final class PrimaryCache<P extends HasMetadata> extends SimpleInboundEventSource<P>
        implements ResourceEventAware<P> {

    /** Receives the changes of all resources, also those that cause no reconciliation. It must not block. */
    @FunctionalInterface
    public interface Listener<P> {

        /**
         * Receives one change.
         *
         * @param before null for a new resource
         * @param after null for a deleted resource
         */
        void changed(@Nullable P before, @Nullable P after);
    }

    /** How long after a deletion its successor is announced. An announcement that the framework discards is repeated. */
    private static final List<Duration> AFTER_THE_DELETION =
            List.of(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(30));

    private final Function<Duration, Executor> after;

    private final List<Listener<P>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable IndexerResourceCache<P> connected;
    private volatile @Nullable IndexerResourceCache<P> cache;

    public PrimaryCache(String name) {
        this(name, delay -> CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** @param after gives the executor that runs its tasks after this delay; a test replaces it */
    PrimaryCache(String name, Function<Duration, Executor> after) {
        super(name);
        this.after = after;
    }

    /** Connects the cache with the reconciler of its resources, and returns the event source of the triggers. */
    public PrimaryCache<P> connect(EventSourceContext<P> context) {
        connected = context.getPrimaryCache();
        return this;
    }

    /** The cache of the framework cannot be read before this, and is filled by then. */
    @Override
    public void start() {
        cache = connected;
        super.start();
    }

    /** The framework does not report writes of the reconciler itself: see {@link #written}. */
    public void addListener(Listener<P> listener) {
        listeners.add(listener);
    }

    /** Reports a write of the reconciler of these resources to the listeners. */
    public void written(P before, P after) {
        notify(before, after);
    }

    @Override
    public void onResourceCreated(P resource) {
        notify(null, resource);
    }

    @Override
    public void onResourceUpdated(P after, P before) {
        notify(before, after);
    }

    @Override
    public void onResourceDeleted(P resource) {
        notify(resource, null);
    }

    private void notify(@Nullable P before, @Nullable P after) {
        listeners.forEach(listener -> listener.changed(before, after));
    }

    public Stream<P> all() {
        IndexerResourceCache<P> known = cache;
        return known == null ? Stream.empty() : known.list();
    }

    public Optional<P> find(ResourceID id) {
        IndexerResourceCache<P> known = cache;
        return known == null ? Optional.empty() : known.get(id);
    }

    List<P> byIndex(String index, String key) {
        IndexerResourceCache<P> known = cache;
        return known == null ? List.of() : known.byIndex(index, key);
    }

    public void reconcileAll() {
        all().map(ResourceID::fromResource).forEach(this::reconcile);
    }

    /** Triggers a reconciliation of the resource; does nothing before the framework has started the event source. */
    public void reconcile(ResourceID id) {
        propagateEvent(id);
    }

    /**
     * Announces the successor of a deleted object: a new object with the same name, if there is one. Call this method
     * while the framework reports the deletion. After the report the framework discards all events for that name,
     * including those of a successor that exists by then. It then accepts only an event of the resource itself. Nothing
     * says when the framework begins to accept it, so the successor is announced several times.
     */
    public void announceSuccessorOf(P deleted) {
        ResourceID id = ResourceID.fromResource(deleted);
        AFTER_THE_DELETION.forEach(delay -> after.apply(delay).execute(() -> announce(id)));
    }

    private void announce(ResourceID id) {
        find(id).filter(made -> isRunning())
                .ifPresent(made -> getEventHandler().handleEvent(new ResourceEvent(ResourceAction.ADDED, id, made)));
    }
}
