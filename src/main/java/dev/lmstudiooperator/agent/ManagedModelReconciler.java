package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.converge.SituationGatherer;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Step;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.kubernetes.AgentFinalizer;
import dev.lmstudiooperator.kubernetes.Existence;
import dev.lmstudiooperator.observability.log.LogEvent;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Brings LM Studio to what each ManagedModel of this node asks for, one planned step at a time.
 *
 * <p>Who is to wait for news is looked at again after a while all the same. The framework keeps the appointment of each
 * reconcile until its time, also when a later reconcile has made another: by itself, for ten hours.
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
    private final Wakeups wakeups;

    /** UIDs of those without the finalizer, which the cache may still hold with it. Nobody can add one to what is deleted. */
    private final Recent<String> released = new Recent<>();

    ManagedModelReconciler(NodeAgent agent, Wakeups wakeups) {
        this.agent = agent;
        this.wakeups = wakeups;
    }

    @Override
    public List<EventSource<?, ManagedModel>> prepareEventSources(EventSourceContext<ManagedModel> context) {
        return List.of(wakeups.connect(context));
    }

    @Override
    public UpdateControl<ManagedModel> reconcile(ManagedModel model, Context<ManagedModel> context) {
        // What was deleted during this pass is let go by a cleanup only.
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

    /** Whoever removes finalizers by hand may do so at any moment: then there is nothing left to do, and nothing to report. */
    private void unlessGone(ManagedModel model, Context<ManagedModel> context, Runnable pass) {
        try {
            pass.run();
        } catch (KubernetesClientException refusal) {
            if (!Existence.isGone(model, refusal, context.getClient())) {
                throw refusal;
            }
            wakeups.plan(SituationGatherer.owner(model), Optional.empty());
            LogEvent.of("ManagedModel was deleted during its reconciliation")
                    .about(
                            model.getMetadata().getNamespace(),
                            model.getMetadata().getName())
                    .debug(LOG);
        }
    }

    private static boolean isReleased(Decision decision) {
        return decision.step() instanceof Step.Release;
    }

    private void plan(ManagedModel model, Optional<Decision> decision, Optional<Duration> whenReleased) {
        Optional<Duration> delay =
                decision.filter(ManagedModelReconciler::isReleased).isPresent()
                        ? whenReleased
                        : decision.flatMap(Decision::revisitAt).map(time -> Duration.between(agent.now(), time));
        wakeups.plan(SituationGatherer.owner(model), delay);
    }
}
