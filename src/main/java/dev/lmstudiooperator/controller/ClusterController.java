package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.clock.ClockWatch;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.controller.endpointslice.ServiceController;
import dev.lmstudiooperator.controller.modelset.ModelSetReconciler;
import dev.lmstudiooperator.controller.modelset.SetTrigger;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHealthEvaluator;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHeartbeatMonitor;
import dev.lmstudiooperator.controller.scheduling.Binder;
import dev.lmstudiooperator.controller.scheduling.NamespaceLabelCache;
import dev.lmstudiooperator.kubernetes.EventQueue;
import dev.lmstudiooperator.kubernetes.EventRecorder;
import dev.lmstudiooperator.kubernetes.RecordResourceCloner;
import dev.lmstudiooperator.metrics.ControllerMetrics;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Runs the controller while this process is the leader. It keeps no durable state: a new leader starts from the objects
 * in the API server.
 */
public final class ClusterController implements AutoCloseable {

    static final String FIELD_MANAGER = "lmstudio-operator-controller";

    /**
     * Threads for each kind of resource. With the framework's default of 50, the others would only wait for the
     * {@link Binder}.
     */
    private static final int THREADS = 10;

    private static final Duration CACHE_SYNC_TIMEOUT = Duration.ofMinutes(2);

    /** Without the CRD of the sets, for example in the middle of an upgrade, everything else must start soon. */
    private static final Duration CACHE_SYNC_TIMEOUT_OF_SETS = Duration.ofSeconds(10);

    /** In the order of opening. */
    private final Deque<Runnable> open = new ArrayDeque<>();

    private final KubernetesClient client;
    private final Metrics metrics;

    private ClusterController(KubernetesClient client, Metrics metrics) {
        this.client = client;
        this.metrics = metrics;
    }

    /**
     * Starts the controller and returns after all caches are filled. Nodes are read first, because a ManagedModel is
     * scheduled only after all nodes are known.
     *
     * @param metrics metrics of the framework
     * @param ownMetrics metrics of the controller
     * @param namespace the namespace of the node Leases
     */
    public static ClusterController open(
            KubernetesClient client,
            Metrics metrics,
            ControllerMetrics ownMetrics,
            String namespace,
            SteadyClock clock) {
        ClusterController controller = new ClusterController(client, metrics);
        try {
            controller.begin(ownMetrics, namespace, clock);
            return controller;
        } catch (RuntimeException e) {
            controller.close();
            throw e;
        }
    }

    private void begin(ControllerMetrics ownMetrics, String namespace, SteadyClock clock) {
        ManagedModelCache models = new ManagedModelCache();
        PrimaryCache<LMStudioNode> nodes = new PrimaryCache<>("leases");
        NodeHeartbeatMonitor monitor = new NodeHeartbeatMonitor(nodes, clock);
        NodeHealthEvaluator nodeHealth = new NodeHealthEvaluator(client, namespace, monitor);
        open.push(monitor.watch(client, namespace)::close);
        PrimaryCache<ManagedModelSet> sets = new PrimaryCache<>("managedmodels");
        SetTrigger setTrigger = new SetTrigger(sets);
        NamespaceLabelCache namespaces = new NamespaceLabelCache(client, models, setTrigger::namespaceChanged);
        open.push(namespaces::close);
        Binder binder = new Binder(nodes, monitor, models, namespaces);
        EventQueue events = new EventQueue(new EventRecorder(client, FIELD_MANAGER));
        open.push(events::close);
        start(
                new NodeReconciler(nodes, nodeHealth, models, binder, setTrigger, events, clock::wall),
                CACHE_SYNC_TIMEOUT);
        start(
                new ModelReconciler(models, nodes, nodeHealth, binder, setTrigger, events, clock::wall),
                CACHE_SYNC_TIMEOUT);
        start(
                ModelSetReconciler.of(client, sets, models, nodes, nodeHealth, binder, events, clock),
                CACHE_SYNC_TIMEOUT_OF_SETS);
        ServiceController services = ServiceController.open(client, models, nodes, nodeHealth, events, clock::wall);
        open.push(services::close);
        ClockWatch clockWatch = new ClockWatch(clock, () -> {
            nodes.reconcileAll();
            models.reconcileAll();
            sets.reconcileAll();
        });
        open.push(clockWatch::close);
        open.push(ownMetrics.leading(
                () -> models.all().filter(model -> ManagedModelCache.nodeOf(model)
                        .filter(node -> !monitor.isExpired(node))
                        .isEmpty()),
                () -> models.unbound().size(),
                () -> nodes.all().map(node -> node.getMetadata().getName()),
                node -> !monitor.isExpired(node),
                sets::all,
                services::endpoints));
    }

    private void start(Reconciler<? extends HasMetadata> reconciler, Duration cacheSyncTimeout) {
        Operator operator = new Operator(settings -> settings.withKubernetesClient(client)
                .withMetrics(metrics)
                .withResourceCloner(new RecordResourceCloner(client.getKubernetesSerialization())::copy)
                .withConcurrentReconciliationThreads(THREADS)
                .withCloseClientOnStop(false)
                .withCacheSyncTimeout(cacheSyncTimeout)
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
