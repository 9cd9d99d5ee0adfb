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

/** Triggers reconciliations of resources that have not changed themselves. */
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
     * Announces the successor of a deleted object. Call this method while the framework reports the deletion. After the
     * report the framework discards all events for that name, including those of a successor that exists by then. It then
     * accepts only an event of the resource itself.
     *
     * @param successor the new object with the same name, if there is one
     */
    void announceSuccessor(Supplier<Optional<P>> successor) {
        AFTER_THE_DELETION.execute(
                () -> successor.get().filter(made -> isRunning()).ifPresent(made -> getEventHandler()
                        .handleEvent(new ResourceEvent(ResourceAction.ADDED, ResourceID.fromResource(made), made))));
    }
}
