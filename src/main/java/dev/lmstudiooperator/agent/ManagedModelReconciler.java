package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.kubernetes.AgentFinalizer;
import dev.lmstudiooperator.kubernetes.Existence;
import dev.lmstudiooperator.logging.LogEvent;
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
@ControllerConfiguration(
        name = ManagedModelReconciler.NAME,
        fieldManager = "lmstudio-operator-agent",
        finalizerName = ManagedModel.FINALIZER,
        generationAwareEventProcessing = false,
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES))
public class ManagedModelReconciler implements Reconciler<ManagedModel>, Cleaner<ManagedModel> {

    static final String NAME = "agent";

    private static final Logger LOG = Logger.getLogger(ManagedModelReconciler.class);

    private final NodeAgent agent;
    private final ReconcileTrigger wakeups;

    /**
     * UIDs of ManagedModels whose finalizer this process removed. The cache may still hold them with it. The API server
     * accepts no new finalizer on an object that is being deleted.
     */
    private final Recent<String> released = new Recent<>();

    ManagedModelReconciler(NodeAgent agent, ReconcileTrigger wakeups) {
        this.agent = agent;
        this.wakeups = wakeups;
    }

    @Override
    public List<EventSource<?, ManagedModel>> prepareEventSources(EventSourceContext<ManagedModel> context) {
        return List.of(wakeups.connect(context));
    }

    @Override
    public UpdateControl<ManagedModel> reconcile(ManagedModel model, Context<ManagedModel> context) {
        // If the object was deleted during this reconciliation, only a cleanup removes its finalizer.
        unlessGone(model, context, () -> plan(model, agent.advance(model, context), Optional.of(Duration.ZERO)));
        return UpdateControl.noUpdate();
    }

    @Override
    public DeleteControl cleanup(ManagedModel model, Context<ManagedModel> context) {
        String uid = model.getMetadata().getUid();
        if (released.contains(uid)) {
            return DeleteControl.noFinalizerRemoval();
        }
        unlessGone(model, context, () -> {
            Optional<Decision> decision = agent.advance(model, context);
            plan(model, decision, Optional.empty());
            if (decision.filter(ManagedModelReconciler::isReleased).isPresent()) {
                agent.releases(model);
                AgentFinalizer.remove(model, context);
                released.add(uid);
            }
        });
        return DeleteControl.noFinalizerRemoval();
    }

    /**
     * Runs a reconciliation, and ignores its failure if the object is gone. A user can remove finalizers at any time.
     * Then there is nothing left to do or to report.
     */
    private void unlessGone(ManagedModel model, Context<ManagedModel> context, Runnable pass) {
        try {
            pass.run();
        } catch (KubernetesClientException refusal) {
            if (!Existence.isGone(model, refusal, context.getClient())) {
                throw refusal;
            }
            wakeups.plan(ResourceID.fromResource(model), Optional.empty());
            LogEvent.of("ManagedModel was deleted during its reconciliation")
                    .about(
                            model.getMetadata().getNamespace(),
                            model.getMetadata().getName())
                    .debug(LOG);
        }
    }

    private static boolean isReleased(Decision decision) {
        return decision.step() instanceof Action.RemoveFinalizer;
    }

    private void plan(ManagedModel model, Optional<Decision> decision, Optional<Duration> whenReleased) {
        Optional<Duration> delay =
                decision.filter(ManagedModelReconciler::isReleased).isPresent()
                        ? whenReleased
                        : decision.flatMap(Decision::revisitAt).map(time -> Duration.between(agent.now(), time));
        wakeups.plan(ResourceID.fromResource(model), delay);
    }
}
