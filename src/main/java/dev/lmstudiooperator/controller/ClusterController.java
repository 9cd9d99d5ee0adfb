package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.kubernetes.RecordResourceCloner;
import dev.lmstudiooperator.clock.ClockWatch;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.metrics.ControllerMetrics;
import dev.lmstudiooperator.kubernetes.EventQueue;
import dev.lmstudiooperator.kubernetes.EventRecorder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.util.ArrayDeque;
import java.util.Deque;

/** The controller at work. It keeps nothing that it could not read anew: who leads next, begins with what the API server holds. */
public final class ClusterController implements AutoCloseable {

    /** For each kind of resource; the framework's fifty would only stand in line for the {@link Binder}. */
    private static final int THREADS = 10;

    /** In the order in which they were opened. */
    private final Deque<Runnable> open = new ArrayDeque<>();

    private ClusterController() {}

    /**
     * Begins to work; returns when everything that there is has been read. NodeCache first: a ManagedModel is not bound before
     * all of them are known.
     *
     * @param metrics the framework's
     * @param ownMetrics the controller's
     * @param namespace where the node leases are
     */
    public static ClusterController open(
            KubernetesClient client,
            Metrics metrics,
            ControllerMetrics ownMetrics,
            String namespace,
            SteadyClock clock) {
        ClusterController controller = new ClusterController();
        try {
            controller.begin(client, metrics, ownMetrics, namespace, clock);
            return controller;
        } catch (RuntimeException e) {
            controller.close();
            throw e;
        }
    }

    private void begin(
            KubernetesClient client,
            Metrics metrics,
            ControllerMetrics ownMetrics,
            String namespace,
            SteadyClock clock) {
        ManagedModelCache models = new ManagedModelCache();
        NodeCache nodes = new NodeCache();
        NodeHeartbeatMonitor vigil = new NodeHeartbeatMonitor(nodes, clock);
        NodeHealthEvaluator verdicts = new NodeHealthEvaluator(client, namespace, vigil);
        LeaseWatch leases = new LeaseWatch(client, namespace, vigil);
        open.push(leases::close);
        NamespaceLabelCache namespaces = new NamespaceLabelCache(client, models::wakeWaitingIn);
        open.push(namespaces::close);
        Binder binder = new Binder(nodes, vigil, models, namespaces);
        EventQueue events = new EventQueue(new EventRecorder(client, ManagedModelUpdateFilter.FIELD_MANAGER, clock::wall));
        open.push(events::close);
        start(client, metrics, new NodeReconciler(nodes, verdicts, models, binder, events, clock::wall));
        start(client, metrics, new ModelReconciler(models, nodes, verdicts, binder, events, clock::wall));
        ClockWatch clockWatch = new ClockWatch(clock, () -> {
            nodes.wakeAll();
            models.wakeAll();
        });
        open.push(clockWatch::close);
        open.push(ownMetrics.leading(new ClusterState(models, nodes, vigil)));
    }

    private void start(KubernetesClient client, Metrics metrics, Reconciler<? extends HasMetadata> reconciler) {
        Operator operator = new Operator(settings -> settings.withKubernetesClient(client)
                .withMetrics(metrics)
                .withResourceCloner(new RecordResourceCloner(client.getKubernetesSerialization())::copy)
                .withConcurrentReconciliationThreads(THREADS)
                .withCloseClientOnStop(false)
                .withStopOnInformerErrorDuringStartup(false));
        operator.register(reconciler);
        open.push(operator::stop);
        operator.start();
    }

    @Override
    public void close() {
        open.forEach(Runnable::run);
        open.clear();
    }
}
