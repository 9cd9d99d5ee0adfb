package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.HashSet;
import java.util.Set;

/** Records how many ManagedModels of a namespace are Available at the same time, at least. */
final class AvailabilityRecorder implements Watcher<ManagedModel>, AutoCloseable {

    private final Set<String> available = new HashSet<>();
    private final Watch watch;
    private int least;

    AvailabilityRecorder(KubernetesClient client, String namespace) {
        client.resources(ManagedModel.class).inNamespace(namespace).list().getItems().stream()
                .filter(AvailabilityRecorder::isAvailable)
                .forEach(model -> available.add(model.getMetadata().getName()));
        this.least = available.size();
        this.watch = client.resources(ManagedModel.class).inNamespace(namespace).watch(this);
    }

    @Override
    public synchronized void eventReceived(Action action, ManagedModel model) {
        String name = model.getMetadata().getName();
        if (action == Action.DELETED || !isAvailable(model)) {
            available.remove(name);
        } else {
            available.add(name);
        }
        least = Math.min(least, available.size());
    }

    private static boolean isAvailable(ManagedModel model) {
        return "True".equals(AppliedModels.condition(model, "Available"));
    }

    synchronized int least() {
        return least;
    }

    @Override
    public void onClose(WatcherException cause) {
        throw new IllegalStateException("The watch was closed", cause);
    }

    @Override
    public void close() {
        watch.close();
    }
}
