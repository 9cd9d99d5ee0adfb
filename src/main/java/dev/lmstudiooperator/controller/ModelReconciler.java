package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.controller.modelset.SetTrigger;
import dev.lmstudiooperator.controller.nodelifecycle.LostNodePolicy;
import dev.lmstudiooperator.controller.nodelifecycle.LostNodePolicy.Action;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHealthEvaluator;
import dev.lmstudiooperator.controller.nodelifecycle.NodeState;
import dev.lmstudiooperator.controller.scheduling.Binder;
import dev.lmstudiooperator.controller.scheduling.Scheduler;
import dev.lmstudiooperator.kubernetes.AgentFinalizer;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.kubernetes.Existence;
import dev.lmstudiooperator.kubernetes.StatusApply;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Schedules the ManagedModels that have no node, and handles those whose agent is lost. */
@Ignore // Only the leader runs it, so Quarkus must not register it.
@GradualRetry(maxAttempts = -1, initialInterval = 500, intervalMultiplier = 2, maxInterval = 60_000)
@ControllerConfiguration(
        name = ModelReconciler.NAME,
        fieldManager = ClusterController.FIELD_MANAGER,
        generationAwareEventProcessing = false,
        triggerReconcilerOnAllEvents = true,
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.HOURS),
        informer = @Informer(onUpdateFilter = ModelReconciler.UpdateFilter.class))
final class ModelReconciler implements Reconciler<ManagedModel> {

    static final String NAME = "controller-managedmodels";

    private static final String RELEASED = "Released";
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Logger LOG = Logger.getLogger(ModelReconciler.class);

    private final ManagedModelCache models;
    private final PrimaryCache<LMStudioNode> nodes;
    private final NodeHealthEvaluator nodeHealth;
    private final Binder binder;
    private final SetTrigger sets;
    private final EventData.Sink events;
    private final InstantSource wall;

    ModelReconciler(
            ManagedModelCache models,
            PrimaryCache<LMStudioNode> nodes,
            NodeHealthEvaluator nodeHealth,
            Binder binder,
            SetTrigger sets,
            EventData.Sink events,
            InstantSource wall) {
        this.models = models;
        this.nodes = nodes;
        this.nodeHealth = nodeHealth;
        this.binder = binder;
        this.sets = sets;
        this.events = events;
        this.wall = wall;
    }

    @Override
    public List<EventSource<?, ManagedModel>> prepareEventSources(EventSourceContext<ManagedModel> context) {
        return List.of(models.connect(context));
    }

    @Override
    public UpdateControl<ManagedModel> reconcile(ManagedModel model, Context<ManagedModel> context) {
        if (context.isPrimaryResourceDeleted()) {
            models.announceSuccessorOf(model);
            models.reconcileWaitingFor(ManagedModelCache.identifierOf(model));
            sets.deleted(model);
            return UpdateControl.noUpdate();
        }
        try {
            UpdateControl<ManagedModel> control = sync(model, context);
            // The cache already shows the written status, for which the framework reports no event.
            sets.changed(model);
            return control;
        } catch (KubernetesClientException refusal) {
            if (!Existence.isGone(model, refusal, context.getClient())) {
                throw refusal;
            }
            // A separate event reports the deletion.
            return UpdateControl.noUpdate();
        }
    }

    private UpdateControl<ManagedModel> sync(ManagedModel model, Context<ManagedModel> context) {
        ModelStatus status = new ModelStatus(model, wall.instant());
        Optional<String> nodeName = ManagedModelCache.nodeOf(model);
        if (nodeName.isPresent()) {
            return syncScheduled(model, nodeName.get(), status, context);
        }
        if (model.isMarkedForDeletion()) {
            return releaseUnscheduled(model, context);
        }
        Scheduler.Result result = binder.bind(model);
        return writeStatus(model, status, status.of(result), event(result), context);
    }

    /** Without a node, no agent holds it. A copy of another ManagedModel may have the finalizer nevertheless. */
    private UpdateControl<ManagedModel> releaseUnscheduled(ManagedModel model, Context<ManagedModel> context) {
        if (!model.hasFinalizer(ManagedModel.FINALIZER)) {
            return UpdateControl.noUpdate();
        }
        AgentFinalizer.removeFromUnchanged(model, context);
        return released(model, "Finalizer removed: it was deleted, and has no node; no agent has loaded it");
    }

    private UpdateControl<ManagedModel> syncScheduled(
            ManagedModel model, String nodeName, ModelStatus status, Context<ManagedModel> context) {
        NodeState state = nodeHealth.of(nodeName);
        UpdateControl<ManagedModel> control =
                switch (LostNodePolicy.decide(model, state)) {
                    case Action.Ignore ignore -> UpdateControl.noUpdate();
                    case Action.SetCondition set ->
                        writeStatus(
                                model, status, status.of(set), EventData.warning(set.reason(), set.message()), context);
                    case Action.RemoveFinalizer release -> {
                        AgentFinalizer.remove(model, context);
                        yield released(model, release.message());
                    }
                    case Action.Reschedule reschedule -> reschedule(model, nodeName, reschedule.message(), context);
                };
        if (control.getScheduleDelay().isEmpty()
                && nodes.find(new ResourceID(nodeName)).isEmpty()) {
            // If the LMStudioNode exists, the NodeReconciler triggers its ManagedModels instead.
            control.rescheduleAfter(nodeHealth.reviewIn(nodeName, state));
        }
        return control;
    }

    private static EventData event(Scheduler.Result result) {
        return switch (result) {
            case Scheduler.Bound bound ->
                EventData.normal(Reason.BOUND, bound.message()).about(bound.nodeName());
            case Scheduler.Unbound unbound -> EventData.warning(Reason.NO_MATCHING_NODE, unbound.message());
        };
    }

    /** Writes the status before the Event: an agent waits for its node, but nothing waits for the Event. */
    private UpdateControl<ManagedModel> writeStatus(
            ManagedModel model,
            ModelStatus before,
            ManagedModelStatus status,
            EventData event,
            Context<ManagedModel> context) {
        if (before.isReported(status)) {
            return UpdateControl.noUpdate();
        }
        Instant decidedAt = wall.instant();
        ManagedModel applied = new ManagedModel();
        applied.initNameAndNamespaceFrom(model);
        applied.setStatus(status);
        models.written(
                model, StatusApply.apply(model, applied, context.getClient(), exact -> context.resourceOperations()
                        .serverSideApplyPrimaryStatus(exact)));
        if (!before.isFor(event.reason())) {
            log("ManagedModel changed", model, event);
        }
        events.record(model, event, decidedAt);
        return UpdateControl.noUpdate();
    }

    private UpdateControl<ManagedModel> released(ManagedModel model, String why) {
        EventData event = new EventData(true, RELEASED, why);
        events.record(model, event, wall.instant());
        log("Removed the finalizer of a deleted ManagedModel without its agent", model, event);
        return UpdateControl.noUpdate();
    }

    /**
     * Resets the status as for a new ManagedModel, because the status of one agent has no meaning for the next. If
     * conditions stayed, this write would own one part of them and earlier applies the other. The next apply would then
     * break them.
     */
    private UpdateControl<ManagedModel> reschedule(
            ManagedModel model, String nodeName, String why, Context<ManagedModel> context) {
        Optional<ManagedModel> free = AgentFinalizer.remove(model, context);
        if (free.isEmpty()) {
            return UpdateControl.noUpdate();
        }
        if (free.get().isMarkedForDeletion()) {
            // The cache did not show the deletion yet. Without its finalizer the ManagedModel is gone.
            return released(
                    model,
                    "Finalizer removed: it was deleted, and node %s no longer exists; the unload could not be verified"
                            .formatted(nodeName));
        }
        context.resourceOperations().jsonPatchPrimaryStatus(free.get(), bound -> {
            bound.setStatus(ManagedModelStatus.UNOBSERVED);
            return bound;
        });
        models.reconcileWaitingFor(ManagedModelCache.identifierOf(model));
        EventData event = EventData.warning(Reason.NODE_GONE, why);
        events.record(model, event, wall.instant());
        log("Rescheduling ManagedModel of a node that no longer exists", model, event);
        // The framework ignores the event of its own write, and no other event reports the cleared node.
        return UpdateControl.<ManagedModel>noUpdate().rescheduleAfter(AT_ONCE);
    }

    private static void log(String what, ManagedModel model, EventData event) {
        LogEvent.of(what)
                .about(model)
                .with(LogField.NODE, ManagedModelCache.nodeOf(model).orElse(null))
                .with(LogField.REASON, event.reason())
                .with(LogField.DETAIL, event.note())
                .info(LOG);
    }

    /**
     * Selects the updates that the controller handles. It ignores the frequent status updates of the agents, except those
     * that matter to a set.
     */
    static final class UpdateFilter implements OnUpdateFilter<ManagedModel> {

        @Override
        public boolean accept(ManagedModel after, ManagedModel before) {
            ObjectMeta now = after.getMetadata();
            ObjectMeta then = before.getMetadata();
            return !Objects.equals(now.getGeneration(), then.getGeneration())
                    || !Objects.equals(now.getDeletionTimestamp(), then.getDeletionTimestamp())
                    || !Objects.equals(now.getAnnotations(), then.getAnnotations())
                    || !Objects.equals(now.getFinalizers(), then.getFinalizers())
                    || !ManagedModelCache.nodeOf(after).equals(ManagedModelCache.nodeOf(before))
                    || SetTrigger.isNews(after, before);
        }
    }
}
