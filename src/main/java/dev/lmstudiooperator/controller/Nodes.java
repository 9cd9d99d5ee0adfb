package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The LMStudioNodes of the cluster, and how their reconciles are woken. */
final class Nodes {

    private final SimpleInboundEventSource<LMStudioNode> source = new SimpleInboundEventSource<>("leases");
    private volatile @Nullable IndexerResourceCache<LMStudioNode> cache;

    SimpleInboundEventSource<LMStudioNode> connect(EventSourceContext<LMStudioNode> context) {
        cache = context.getPrimaryCache();
        return source;
    }

    Stream<LMStudioNode> all() {
        IndexerResourceCache<LMStudioNode> known = cache;
        return known == null ? Stream.empty() : known.list();
    }

    Optional<LMStudioNode> find(String name) {
        IndexerResourceCache<LMStudioNode> known = cache;
        return known == null ? Optional.empty() : known.get(new ResourceID(name));
    }

    void wake(String name) {
        if (source.isRunning()) {
            source.propagateEvent(new ResourceID(name));
        }
    }
}
