package dev.lmstudiooperator.faultinjection;

import dev.lmstudiooperator.faultinjection.invariant.Version;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records each version of each object of some kinds in a namespace, through watches that bypass the proxy. */
final class VersionRecorder implements AutoCloseable {

    private final List<Version> versions = new CopyOnWriteArrayList<>();
    private final List<Watch> watches;
    private volatile boolean isBroken;

    VersionRecorder(KubernetesClient admin, String namespace, List<Class<? extends HasMetadata>> kinds) {
        watches =
                kinds.stream().<Watch>map(kind -> watch(admin, namespace, kind)).toList();
    }

    private <T extends HasMetadata> Watch watch(KubernetesClient admin, String namespace, Class<T> kind) {
        return admin.resources(kind).inNamespace(namespace).watch(new Watcher<T>() {
            @Override
            public void eventReceived(Action action, T object) {
                versions.add(new Version(Instant.now(), action == Action.DELETED, object));
            }

            @Override
            public void onClose(WatcherException cause) {
                isBroken = true;
            }
        });
    }

    /** The versions in the order in which they were written. */
    List<Version> versions() {
        if (isBroken) {
            throw new IllegalStateException(
                    "A watch of the fault-injection suite was lost; this run cannot be evaluated");
        }
        return versions.stream()
                .sorted(Comparator.comparingLong(Version::resourceVersion))
                .toList();
    }

    @Override
    public void close() {
        watches.forEach(Watch::close);
    }
}
