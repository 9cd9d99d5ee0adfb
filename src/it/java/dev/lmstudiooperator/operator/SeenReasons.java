package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records every reason of the condition Ready of one ManagedModel, so that a test can exclude reasons. */
final class SeenReasons implements Watcher<ManagedModel>, AutoCloseable {

    private final String name;
    private final List<String> reasons = new CopyOnWriteArrayList<>();
    private final Watch watch;

    SeenReasons(OperatorFixture fixture, String name) {
        this.name = name;
        this.watch = fixture.models().watch(this);
    }

    @Override
    public void eventReceived(Action action, ManagedModel model) {
        String reason = AppliedModels.reason(model);
        if (model.getMetadata().getName().equals(name) && reason != null) {
            reasons.add(reason);
        }
    }

    @Override
    public void onClose(WatcherException cause) {
        throw new IllegalStateException("The watch was closed", cause);
    }

    List<String> all() {
        return List.copyOf(reasons);
    }

    @Override
    public void close() {
        watch.close();
    }
}
