package dev.lmstudiooperator.faultinjection;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.faultinjection.invariant.Version;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records each version of each ManagedModel of a namespace, through a watch that bypasses the proxy. */
final class VersionRecorder implements Watcher<ManagedModel>, AutoCloseable {

    private final List<Version> versions = new CopyOnWriteArrayList<>();
    private final Watch watch;
    private volatile boolean isBroken;

    VersionRecorder(KubernetesClient admin, String namespace) {
        watch = admin.resources(ManagedModel.class).inNamespace(namespace).watch(this);
    }

    List<Version> versions() {
        if (isBroken) {
            throw new IllegalStateException(
                    "The watch of the fault-injection suite was lost; this run cannot be evaluated");
        }
        return List.copyOf(versions);
    }

    @Override
    public void eventReceived(Action action, ManagedModel model) {
        versions.add(new Version(Instant.now(), action == Action.DELETED, model));
    }

    @Override
    public void onClose(WatcherException cause) {
        isBroken = true;
    }

    @Override
    public void close() {
        watch.close();
    }
}
