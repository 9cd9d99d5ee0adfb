package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.converge.Convergence;
import dev.lmstudiooperator.agent.converge.SituationGatherer;
import dev.lmstudiooperator.agent.node.InstanceOwner;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.status.Events;
import dev.lmstudiooperator.agent.status.Progression;
import dev.lmstudiooperator.agent.status.StatusWriter;
import dev.lmstudiooperator.agent.tenure.Tenure;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelReference;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.NodeInstance;
import dev.lmstudiooperator.api.v1alpha1.UndeclaredFields;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.config.NodeIdentity;
import dev.lmstudiooperator.observability.AgentMetrics;
import dev.lmstudiooperator.observability.events.EventQueue;
import dev.lmstudiooperator.observability.events.EventRecorder;
import dev.lmstudiooperator.observability.log.LogEvent;
import dev.lmstudiooperator.observability.log.LogField;
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

/** Converges this node's LM Studio to its ManagedModels, between the API server and LM Studio. */
@ApplicationScoped
class NodeAgent {

    private static final Logger LOG = Logger.getLogger(NodeAgent.class);

    private final Tenure tenure;
    private final Convergence convergence;
    private final OrphanedInstances orphans;

    /** Needed until the status of the node is written next. */
    private final Recent<ManagedModelReference> released = new Recent<>();

    private final EventQueue queue;
    private final Events events;
    private final AgentMetrics metrics;
    private final UndeclaredFields undeclared;
    private final SteadyClock clock;

    NodeAgent(
            Tenure tenure,
            LocalLmStudio node,
            AgentSettings settings,
            NodeIdentity identity,
            AgentMetrics metrics,
            Wakeups wakeups,
            KubernetesClient client,
            SteadyClock clock) {
        this.tenure = tenure;
        this.convergence = new Convergence(
                node.ledger(),
                node.lane(),
                node.downloads(),
                node.observer(),
                node.probes(),
                tenure::standing,
                settings.retryPace(),
                settings.lms().deadlines().load(),
                clock);
        this.orphans = new OrphanedInstances(convergence, client, wakeups, clock);
        this.queue = new EventQueue(new EventRecorder(client, identity.name(), clock::wall));
        this.events = new Events(queue);
        this.metrics = metrics;
        this.undeclared = new UndeclaredFields(clock);
        this.clock = clock;
    }

    /** After the last reconcile. */
    void stop(
            @Observes(notifyObserver = Reception.IF_EXISTS) @Priority(Interceptor.Priority.LIBRARY_AFTER)
                    ShutdownEvent event) {
        queue.close();
    }

    /** Before the finalizer goes. What the spec or its adoption leaves loaded is no orphan. */
    void releases(ManagedModel model) {
        InstanceOwner owner = InstanceOwner.of(model);
        if (owner.deletionPolicy() == DeletionPolicy.RETAIN) {
            released.add(owner.managedModel());
        }
    }

    boolean isReleased(ManagedModelReference model) {
        return released.contains(model);
    }

    /** Whether their ManagedModels are gone decides what becomes of instances that no ManagedModel of this node names. */
    void unloadOrphans(List<NodeInstance> instances) {
        orphans.unload(instances);
    }

    Instant now() {
        return clock.instant();
    }

    /** Empty when another process is the agent of this node: then it is theirs to say what is to be done. */
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

    private final class ApiServer implements Convergence.Cluster {

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
            return context.getPrimaryCache().byIndex(Wakeups.BY_IDENTIFIER, identifier).stream();
        }

        @Override
        public ManagedModel write(ManagedModel model, ManagedModelStatus status) {
            ManagedModel written = StatusWriter.write(
                    model,
                    status,
                    applied -> metrics.countWrite(() -> undeclared.leftOut(
                            applied, known -> context.resourceOperations().serverSideApplyPrimaryStatus(known))));
            metrics.told(model.getSpec().model(), SituationGatherer.status(model), SituationGatherer.status(written));
            return written;
        }

        @Override
        public void tell(ManagedModel model, Progression pass) {
            events.tell(model, pass);
        }
    }
}
