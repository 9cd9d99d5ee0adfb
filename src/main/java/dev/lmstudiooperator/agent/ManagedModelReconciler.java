package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lease.NodeLeaseController;
import dev.lmstudiooperator.agent.managedmodel.ManagedModelEvents;
import dev.lmstudiooperator.agent.managedmodel.ManagedModelSyncer;
import dev.lmstudiooperator.agent.managedmodel.PlanInputFactory;
import dev.lmstudiooperator.agent.managedmodel.StatusWriter;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.config.NodeIdentity;
import dev.lmstudiooperator.kubernetes.AgentFinalizer;
import dev.lmstudiooperator.kubernetes.EventQueue;
import dev.lmstudiooperator.kubernetes.EventRecorder;
import dev.lmstudiooperator.kubernetes.Existence;
import dev.lmstudiooperator.kubernetes.StatusApply;
import dev.lmstudiooperator.kubernetes.UnknownFieldPruner;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import dev.lmstudiooperator.metrics.AgentMetrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Reconciles LM Studio with each ManagedModel of this node, one planned action at a time.
 *
 * <p>A ManagedModel that waits for an event is reconciled after a while even without one. JOSDK keeps the timer of each
 * reconciliation until it fires, even if a later reconciliation sets another one. By default, it fires after ten hours.
 */
@ApplicationScoped
@ControllerConfiguration(
        name = ManagedModelReconciler.NAME,
        fieldManager = "lmstudio-operator-agent",
        finalizerName = ManagedModel.FINALIZER,
        generationAwareEventProcessing = false,
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES))
public class ManagedModelReconciler implements Reconciler<ManagedModel>, Cleaner<ManagedModel> {

    static final String NAME = "agent";

    private static final Logger LOG = Logger.getLogger(ManagedModelReconciler.class);

    private final AgentRuntime agent;
    private final ReconcileTrigger trigger;
    private final NodeLeaseController nodeLease;
    private final AgentMetrics metrics;
    private final EventQueue queue;
    private final ManagedModelEvents events;
    private final UnknownFieldPruner undeclared;
    private final SteadyClock clock;

    /**
     * UIDs of ManagedModels whose finalizer this process removed. The cache may still hold them with it. The API server
     * accepts no new finalizer on an object that is being deleted.
     */
    private final Recent<String> released = new Recent<>();

    ManagedModelReconciler(
            AgentRuntime agent,
            ReconcileTrigger trigger,
            NodeLeaseController nodeLease,
            NodeIdentity identity,
            AgentMetrics metrics,
            KubernetesClient client,
            SteadyClock clock) {
        this.agent = agent;
        this.trigger = trigger;
        this.nodeLease = nodeLease;
        this.metrics = metrics;
        this.queue = new EventQueue(new EventRecorder(client, identity.name()));
        this.events = new ManagedModelEvents(queue);
        this.undeclared = new UnknownFieldPruner(clock);
        this.clock = clock;
    }

    /** Runs after the last reconciliation. */
    void stop(
            @Observes(notifyObserver = Reception.IF_EXISTS) @Priority(Interceptor.Priority.LIBRARY_AFTER)
                    ShutdownEvent event) {
        queue.close();
    }

    @Override
    public List<EventSource<?, ManagedModel>> prepareEventSources(EventSourceContext<ManagedModel> context) {
        return List.of(trigger.connect(context));
    }

    @Override
    public UpdateControl<ManagedModel> reconcile(ManagedModel model, Context<ManagedModel> context) {
        // If the object was deleted during this reconciliation, only a cleanup removes its finalizer.
        unlessGone(model, context, () -> plan(model, sync(model, context), Optional.of(Duration.ZERO)));
        return UpdateControl.noUpdate();
    }

    @Override
    public DeleteControl cleanup(ManagedModel model, Context<ManagedModel> context) {
        String uid = model.getMetadata().getUid();
        if (released.contains(uid)) {
            return DeleteControl.noFinalizerRemoval();
        }
        unlessGone(model, context, () -> {
            Optional<Decision> decision = sync(model, context);
            plan(model, decision, Optional.empty());
            if (decision.filter(ManagedModelReconciler::isReleased).isPresent()) {
                agent.orphans().releases(model);
                AgentFinalizer.remove(model, context);
                released.add(uid);
            }
        });
        return DeleteControl.noFinalizerRemoval();
    }

    /** Returns the decision; empty if another process is the agent of this node and decides instead. */
    private Optional<Decision> sync(ManagedModel model, Context<ManagedModel> context) {
        if (!nodeLease.leaseStatus().isHeld()) {
            return Optional.empty();
        }
        Decision decision = agent.syncer().sync(model, new ApiServer(context));
        LogEvent.of("Reconciled ManagedModel")
                .about(model)
                .with(LogField.GENERATION, model.getMetadata().getGeneration())
                .with(LogField.REASON, decision.summary().reason().text())
                .with(LogField.ACTION, decision.action().getClass().getSimpleName())
                .debug(LOG);
        return Optional.of(decision);
    }

    /**
     * Runs a reconciliation, and ignores its failure if the object is gone. A user can remove finalizers at any time.
     * Then there is nothing left to do or to report.
     */
    private void unlessGone(ManagedModel model, Context<ManagedModel> context, Runnable reconciliation) {
        try {
            reconciliation.run();
        } catch (KubernetesClientException refusal) {
            if (!Existence.isGone(model, refusal, context.getClient())) {
                throw refusal;
            }
            trigger.plan(ResourceID.fromResource(model), Optional.empty());
            LogEvent.of("ManagedModel was deleted during its reconciliation")
                    .about(model)
                    .debug(LOG);
        }
    }

    private static boolean isReleased(Decision decision) {
        return decision.action() instanceof Action.RemoveFinalizer;
    }

    private void plan(ManagedModel model, Optional<Decision> decision, Optional<Duration> whenReleased) {
        Optional<Duration> delay =
                decision.filter(ManagedModelReconciler::isReleased).isPresent()
                        ? whenReleased
                        : decision.flatMap(Decision::revisitAt).map(time -> Duration.between(clock.instant(), time));
        trigger.plan(ResourceID.fromResource(model), delay);
    }

    private final class ApiServer implements ManagedModelSyncer.StatusClient {

        private final Context<ManagedModel> context;

        ApiServer(Context<ManagedModel> context) {
            this.context = context;
        }

        @Override
        public ManagedModel write(ManagedModel model, ManagedModelStatus status) {
            ManagedModel written = StatusWriter.write(
                    model,
                    status,
                    applied -> StatusApply.apply(
                            model,
                            applied,
                            context.getClient(),
                            exact -> metrics.countWrite(
                                    () -> undeclared.leftOut(exact, known -> context.resourceOperations()
                                            .serverSideApplyPrimaryStatus(known)))));
            metrics.statusWritten(
                    model.getSpec().model(), PlanInputFactory.status(model), PlanInputFactory.status(written));
            return written;
        }

        @Override
        public void record(ManagedModel model, ManagedModelSyncer.Result result) {
            events.record(model, result);
        }
    }
}
