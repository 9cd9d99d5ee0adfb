package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lmstudionode.InstanceOwner;
import dev.lmstudiooperator.agent.managedmodel.IdentifierClaims;
import dev.lmstudiooperator.agent.managedmodel.ManagedModelSyncer;
import dev.lmstudiooperator.agent.managedmodel.PlanInputFactory;
import dev.lmstudiooperator.agent.observer.Change;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.LastError;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Triggers reconciliations of one ManagedModel, or of all that a change in LM Studio affects. */
@ApplicationScoped
class ReconcileTrigger implements ManagedModelSyncer.Lister {

    /** Index of this node's ManagedModels by the identifier that clients use. */
    private static final String BY_IDENTIFIER = "identifier";

    private final ManagedModelEventSource source = new ManagedModelEventSource();
    private final Map<ResourceID, Future<?>> planned = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("revisits").factory());
    private volatile @Nullable IndexedResourceCache<ManagedModel> models;
    private volatile boolean isReadable;

    ReconcileTrigger() {
        timer.setRemoveOnCancelPolicy(true);
    }

    @PreDestroy
    void stop() {
        timer.shutdownNow();
    }

    ManagedModelEventSource connect(EventSourceContext<ManagedModel> context) {
        IndexerResourceCache<ManagedModel> cache = context.getPrimaryCache();
        cache.addIndexer(BY_IDENTIFIER, model -> List.of(Desired.identifier(model)));
        models = cache;
        return source;
    }

    void reconcile(ResourceID owner) {
        source.propagateEvent(owner);
    }

    /**
     * Triggers one more reconciliation after the delay, and replaces the one that was planned before. An empty delay
     * only cancels that one. The timer of JOSDK uses the wall clock, so that it is not suitable here.
     */
    void plan(ResourceID owner, Optional<Duration> delay) {
        planned.compute(owner, (key, before) -> {
            if (before != null) {
                before.cancel(false);
            }
            return delay.map(time -> timer.schedule(() -> reconcile(owner), time.toNanos(), TimeUnit.NANOSECONDS))
                    .orElse(null);
        });
    }

    void reconcile(Change change) {
        switch (change) {
            case Change.Everything everything -> reconcile(models());
            case Change.Identifiers changed -> {
                changed.identifiers().stream()
                        .flatMap(ReconcileTrigger::named)
                        .distinct()
                        .forEach(identifier -> reconcile(naming(identifier)));
                if (changed.isMemoryFreed()) {
                    reconcile(models().filter(ReconcileTrigger::isWaitingForMemory));
                }
            }
        }
    }

    private void reconcile(Stream<ManagedModel> concerned) {
        concerned.map(ResourceID::fromResource).forEach(this::reconcile);
    }

    /** ManagedModels of this node with this identifier; empty before they are known. */
    @Override
    public Stream<ManagedModel> naming(String identifier) {
        return readable().stream().flatMap(cache -> cache.byIndex(BY_IDENTIFIER, identifier).stream());
    }

    /** ManagedModels of this node; empty before they are known. */
    @Override
    public Stream<ManagedModel> models() {
        return readable().stream().flatMap(IndexedResourceCache::list);
    }

    /** Identifiers of this node's ManagedModels; empty before they are known. */
    Optional<Set<String>> identifiers() {
        return every(Desired::identifier);
    }

    /** Owner of each instance by identifier: the oldest ManagedModel that names it. Empty before they are known. */
    Optional<Map<String, InstanceOwner>> owners() {
        return cache().map(cache -> cache.list()
                .sorted(IdentifierClaims.OLDEST_FIRST)
                .collect(Collectors.toMap(Desired::identifier, InstanceOwner::of, (older, younger) -> older)));
    }

    /** Models that the ManagedModels of this node name; empty before they are known. */
    Optional<Set<String>> modelNames() {
        return every(model -> model.getSpec().model());
    }

    private Optional<Set<String>> every(Function<ManagedModel, String> name) {
        return cache().map(cache -> cache.list().map(name).collect(Collectors.toUnmodifiableSet()));
    }

    /** Empty before the event source has started, and after it has stopped. */
    private Optional<IndexedResourceCache<ManagedModel>> cache() {
        return Optional.ofNullable(models).filter(cache -> source.isRunning());
    }

    /**
     * Empty before the event source has started. The cache stays readable afterwards, because reconciliations may still
     * run while it stops, and need the other ManagedModels.
     */
    private Optional<IndexedResourceCache<ManagedModel>> readable() {
        return Optional.ofNullable(models).filter(cache -> isReadable);
    }

    /**
     * A second copy, {@code IDENTIFIER:2}, also affects ManagedModels with the original identifier: one of them may
     * have to unload it.
     */
    private static Stream<String> named(String identifier) {
        int colon = identifier.lastIndexOf(':');
        return colon < 0 ? Stream.of(identifier) : Stream.of(identifier, identifier.substring(0, colon));
    }

    private static boolean isWaitingForMemory(ManagedModel model) {
        LastError error = PlanInputFactory.status(model).lastError();
        return error != null && error.reason().equals(Reason.INSUFFICIENT_MEMORY.text());
    }

    /** Whether the ManagedModel is still on this node. */
    boolean isHere(ResourceID owner) {
        IndexedResourceCache<ManagedModel> cache = models;
        return cache != null && cache.get(owner).isPresent();
    }

    /**
     * Delivers events of the node to its ManagedModels. JOSDK reports ManagedModels that come to the node or leave it
     * only to event sources.
     */
    final class ManagedModelEventSource extends SimpleInboundEventSource<ManagedModel>
            implements ResourceEventAware<ManagedModel> {

        private ManagedModelEventSource() {
            super("node");
        }

        @Override
        public void start() {
            super.start();
            isReadable = true;
        }

        @Override
        public void onResourceCreated(ManagedModel model) {
            triggerOwners(model);
        }

        @Override
        public void onResourceDeleted(ManagedModel model) {
            triggerOwners(model);
        }

        /** An identifier has one owner. A ManagedModel that is added or removed may change the owner. */
        private void triggerOwners(ManagedModel model) {
            reconcile(naming(Desired.identifier(model)));
        }
    }
}
