package dev.lmstudiooperator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Wakes reconciles of resources that have not changed themselves. */
final class TriggerEventSource<P extends HasMetadata> extends SimpleInboundEventSource<P> {

    private static final Executor AFTER_THE_DELETION = CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS);

    TriggerEventSource(String name) {
        super(name);
    }

    void wake(ResourceID id) {
        if (isRunning()) {
            propagateEvent(id);
        }
    }

    /**
     * To be called while a deletion is told. When the framework has told it, it forgets all events of the name, those of a
     * successor that came meanwhile included, and takes none but one of the resource itself.
     *
     * @param successor what was made again under the name, if anything was
     */
    void announceSuccessor(Supplier<Optional<P>> successor) {
        AFTER_THE_DELETION.execute(
                () -> successor.get().filter(made -> isRunning()).ifPresent(made -> getEventHandler()
                        .handleEvent(new ResourceEvent(ResourceAction.ADDED, ResourceID.fromResource(made), made))));
    }
}
