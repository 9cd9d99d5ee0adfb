package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lease.NodeLeaseController;
import dev.lmstudiooperator.agent.lmstudionode.InstanceOwner;
import dev.lmstudiooperator.agent.managedmodel.ManagedModelEvents;
import dev.lmstudiooperator.agent.managedmodel.ManagedModelSyncer;
import dev.lmstudiooperator.agent.managedmodel.PlanInputFactory;
import dev.lmstudiooperator.agent.managedmodel.StatusWriter;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelReference;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.NodeInstance;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.config.NodeIdentity;
import dev.lmstudiooperator.kubernetes.EventQueue;
import dev.lmstudiooperator.kubernetes.EventRecorder;
import dev.lmstudiooperator.kubernetes.UnknownFieldPruner;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import dev.lmstudiooperator.metrics.AgentMetrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.interceptor.Interceptor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Connects ManagedModel reconciliation to the API server and to the LM Studio of this node. */
@ApplicationScoped
class NodeAgent {

    private static final Logger LOG = Logger.getLogger(NodeAgent.class);

    private final NodeLeaseController tenure;
    private final ManagedModelSyncer convergence;
    private final OrphanedInstances orphans;

    /** ManagedModels whose instances stay loaded. Needed until the next write of the node's status. */
    private final Recent<ManagedModelReference> released = new Recent<>();

    private final EventQueue queue;
    private final ManagedModelEvents events;
    private final AgentMetrics metrics;
    private final UnknownFieldPruner undeclared;
    private final SteadyClock clock;

    NodeAgent(
            NodeLeaseController tenure,
            AgentRuntime node,
            AgentSettings settings,
            NodeIdentity identity,
            AgentMetrics metrics,
            ReconcileTrigger wakeups,
            KubernetesClient client,
            SteadyClock clock) {
        this.tenure = tenure;
        this.convergence = new ManagedModelSyncer(
                node.ledger(),
                node.lane(),
                node.observer(),
                node.probes(),
                tenure::standing,
                settings.retryPace(),
                settings.lms().deadlines().load(),
                clock);
        this.orphans = new OrphanedInstances(convergence, client, wakeups, clock);
        this.queue = new EventQueue(new EventRecorder(client, identity.name(), clock::wall));
        this.events = new ManagedModelEvents(queue);
        this.metrics = metrics;
        this.undeclared = new UnknownFieldPruner(clock);
        this.clock = clock;
    }

    /** Runs after the last reconciliation. */
    void stop(
            @Observes(notifyObserver = Reception.IF_EXISTS) @Priority(Interceptor.Priority.LIBRARY_AFTER)
                    ShutdownEvent event) {
        queue.close();
    }

    /** Called before the finalizer is removed. An instance that deletion leaves loaded is not an orphan. */
    void releases(ManagedModel model) {
        InstanceOwner owner = InstanceOwner.of(model);
        if (owner.deletionPolicy() == DeletionPolicy.RETAIN) {
            released.add(owner.managedModel());
        }
    }

    boolean isReleased(ManagedModelReference model) {
        return released.contains(model);
    }

    /**
     * Unloads those of the given instances whose ManagedModel no longer exists. No ManagedModel of this node names
     * them.
     */
    void unloadOrphans(List<NodeInstance> instances) {
        orphans.unload(instances);
    }

    Instant now() {
        return clock.instant();
    }

    /** Returns the decision; empty if another process is the agent of this node and decides instead. */
    Optional<Decision> advance(ManagedModel model, Context<ManagedModel> context) {
        if (!tenure.standing().mayAct()) {
            return Optional.empty();
        }
        Decision decision = convergence.advance(model, new ApiServer(context));
        LogEvent.of("Reconciled ManagedModel")
                .about(model.getMetadata().getNamespace(), model.getMetadata().getName())
                .with(LogField.GENERATION, model.getMetadata().getGeneration())
                .with(LogField.REASON, decision.finding().reason().text())
                .with(LogField.STEP, decision.step().getClass().getSimpleName())
                .debug(LOG);
        return Optional.of(decision);
    }

    private final class ApiServer implements ManagedModelSyncer.Cluster {

        private final Context<ManagedModel> context;

        ApiServer(Context<ManagedModel> context) {
            this.context = context;
        }

        @Override
        public Stream<ManagedModel> models() {
            return context.getPrimaryCache().list();
        }

        @Override
        public Stream<ManagedModel> naming(String identifier) {
            return context.getPrimaryCache().byIndex(ReconcileTrigger.BY_IDENTIFIER, identifier).stream();
        }

        @Override
        public ManagedModel write(ManagedModel model, ManagedModelStatus status) {
            ManagedModel written = StatusWriter.write(
                    model,
                    status,
                    applied -> metrics.countWrite(() -> undeclared.leftOut(
                            applied, known -> context.resourceOperations().serverSideApplyPrimaryStatus(known))));
            metrics.statusWritten(
                    model.getSpec().model(), PlanInputFactory.status(model), PlanInputFactory.status(written));
            return written;
        }

        @Override
        public void record(ManagedModel model, ManagedModelSyncer.Result pass) {
            events.record(model, pass);
        }
    }
}
