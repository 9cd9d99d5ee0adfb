package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.controller.liveness.SteadyClock;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.time.InstantSource;

/** The controller at work. It keeps nothing that it could not read anew: who leads next, begins with what the API server holds. */
public final class ClusterController implements AutoCloseable {

    private final Operator ofNodes;
    private final Operator ofModels;
    private final LeaseWatch leases;
    private final Namespaces namespaces;

    private ClusterController(Operator ofNodes, Operator ofModels, LeaseWatch leases, Namespaces namespaces) {
        this.ofNodes = ofNodes;
        this.ofModels = ofModels;
        this.leases = leases;
        this.namespaces = namespaces;
    }

    /**
     * Begins to work; returns when everything that there is has been read. Nodes first: a ManagedModel is not bound before
     * all of them are known.
     *
     * @param namespace where the node leases are
     */
    public static ClusterController open(
            KubernetesClient client, Metrics metrics, String namespace, InstantSource clock) {
        Models models = new Models();
        Nodes nodes = new Nodes();
        Vigil vigil = new Vigil(nodes, new SteadyClock(clock, System::nanoTime));
        Verdicts verdicts = new Verdicts(client, namespace, vigil);
        LeaseWatch leases = new LeaseWatch(client, namespace, vigil);
        Namespaces namespaces = new Namespaces(client, models::wakeWaitingIn);
        Binder binder = new Binder(nodes, vigil, models, namespaces);
        Operator ofNodes = operator(client, metrics, new NodeReconciler(nodes, verdicts, models, binder, clock));
        ofNodes.start();
        Operator ofModels = operator(client, metrics, new ModelReconciler(models, nodes, verdicts, binder, clock));
        ofModels.start();
        return new ClusterController(ofNodes, ofModels, leases, namespaces);
    }

    private static Operator operator(
            KubernetesClient client, Metrics metrics, Reconciler<? extends HasMetadata> reconciler) {
        Operator operator = new Operator(settings -> settings.withKubernetesClient(client)
                .withMetrics(metrics)
                .withCloseClientOnStop(false)
                .withStopOnInformerErrorDuringStartup(false));
        operator.register(reconciler);
        return operator;
    }

    @Override
    public void close() {
        ofModels.stop();
        ofNodes.stop();
        namespaces.close();
        leases.close();
    }
}
