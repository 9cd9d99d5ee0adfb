package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A plain watch of the ManagedModels of a namespace. It records when each one is first observed, and first observed as
 * Ready.
 */
final class Sightings implements Watcher<ManagedModel>, AutoCloseable {

    private final Map<String, Instant> seenAt = new ConcurrentHashMap<>();
    private final Map<String, Instant> readyAt = new ConcurrentHashMap<>();
    private final Watch watch;

    Sightings(AppliedModels models) {
        this.watch = models.watch(this);
    }

    @Override
    public void eventReceived(Action action, ManagedModel model) {
        Instant now = Instant.now();
        String name = model.getMetadata().getName();
        seenAt.putIfAbsent(name, now);
        if ("True".equals(AppliedModels.condition(model, "Ready"))) {
            readyAt.putIfAbsent(name, now);
        }
    }

    @Override
    public void onClose(WatcherException cause) {
        throw new IllegalStateException("The watch ended", cause);
    }

    Instant seen(String name) {
        return await("seen", name, seenAt);
    }

    Instant ready(String name) {
        return await("Ready", name, readyAt);
    }

    private static Instant await(String what, String name, Map<String, Instant> times) {
        return eventually(
                "%s is %s".formatted(name, what),
                Testbed.PATIENCE,
                () -> times.getOrDefault(name, Instant.MAX),
                Instant.MAX::isAfter);
    }

    @Override
    public void close() {
        watch.close();
    }
}
