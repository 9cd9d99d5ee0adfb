package dev.lmstudiooperator.controller;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.controller.modelset.SetTrigger;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHealthEvaluator;
import dev.lmstudiooperator.controller.nodelifecycle.NodeState;
import dev.lmstudiooperator.controller.scheduling.Binder;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.Condition;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.InstantSource;
import java.util.List;
import org.jboss.logging.Logger;

/** Detects and reports lost agents, and triggers the ManagedModels that a change of a node affects. */
@Ignore // Only the leader runs it, so Quarkus must not register it.
@GradualRetry(maxAttempts = -1, initialInterval = 500, intervalMultiplier = 2, maxInterval = 60_000)
@ControllerConfiguration(
        name = NodeReconciler.NAME,
        fieldManager = ClusterController.FIELD_MANAGER,
        generationAwareEventProcessing = false,
        triggerReconcilerOnAllEvents = true)
final class NodeReconciler implements Reconciler<LMStudioNode> {

    static final String NAME = "controller-lmstudionodes";

    private static final Logger LOG = Logger.getLogger(NodeReconciler.class);

    private final PrimaryCache<LMStudioNode> nodes;
    private final NodeHealthEvaluator nodeHealth;
    private final ManagedModelCache models;
    private final Binder binder;
    private final SetTrigger sets;
    private final EventData.Sink events;
    private final InstantSource wall;

    NodeReconciler(
            PrimaryCache<LMStudioNode> nodes,
            NodeHealthEvaluator nodeHealth,
            ManagedModelCache models,
            Binder binder,
            SetTrigger sets,
            EventData.Sink events,
            InstantSource wall) {
        this.nodes = nodes;
        this.nodeHealth = nodeHealth;
        this.models = models;
        this.binder = binder;
        this.sets = sets;
        this.events = events;
        this.wall = wall;
    }

    @Override
    public List<EventSource<?, LMStudioNode>> prepareEventSources(EventSourceContext<LMStudioNode> context) {
        return List.of(nodes.connect(context));
    }

    @Override
    public UpdateControl<LMStudioNode> reconcile(LMStudioNode node, Context<LMStudioNode> context) {
        String name = node.getMetadata().getName();
        if (context.isPrimaryResourceDeleted()) {
            binder.forget(name);
            nodeHealth.reconsider(name);
            models.reconcileOn(name);
            sets.deleted(node);
            nodes.announceSuccessorOf(node);
            return UpdateControl.noUpdate();
        }
        NodeState state = nodeHealth.of(name);
        UpdateControl<LMStudioNode> control =
                switch (state) {
                    case NodeState.Alive alive -> {
                        binder.offer(node);
                        yield UpdateControl.noUpdate();
                    }
                    case NodeState.Suspect suspect -> {
                        // No ManagedModel is scheduled to it meanwhile. It is offered again when its heartbeat resumes.
                        binder.withdraw(name);
                        yield UpdateControl.noUpdate();
                    }
                    case NodeState.Unreachable lost -> markUnreachable(node);
                    case NodeState.Deleted gone ->
                        gone.isLeftBehind() ? remove(node, gone.why(), context) : markUnreachable(node);
                };
        sets.changed(node, state);
        return control.rescheduleAfter(nodeHealth.reviewIn(name, state));
    }

    private UpdateControl<LMStudioNode> markUnreachable(LMStudioNode node) {
        String name = node.getMetadata().getName();
        binder.withdraw(name);
        models.reconcileOn(name);
        return writeStatus(
                node,
                "No heartbeat from the agent on node %s; the state of its LM Studio is unknown. Check the agent and the machine. The status updates when the agent reconnects"
                        .formatted(name));
    }

    /** Deletes the LMStudioNode, because its machine no longer exists. An agent that comes back creates it again. */
    private UpdateControl<LMStudioNode> remove(LMStudioNode node, String why, Context<LMStudioNode> context) {
        String name = node.getMetadata().getName();
        binder.withdraw(name);
        models.reconcileOn(name);
        context.getClient()
                .resource(node)
                .lockResourceVersion(node.getMetadata().getResourceVersion())
                .delete();
        LogEvent.of("Deleted the LMStudioNode of a removed Kubernetes Node")
                .with(LogField.NODE, name)
                .with(LogField.DETAIL, why)
                .info(LOG);
        return UpdateControl.noUpdate();
    }

    private UpdateControl<LMStudioNode> writeStatus(LMStudioNode node, String message) {
        LMStudioNodeStatus status = requireNonNullElse(node.getStatus(), LMStudioNodeStatus.UNOBSERVED);
        List<Condition> before = requireNonNullElse(status.conditions(), List.of());
        Condition ready = new StatusConditions.Setter(before, node.getMetadata().getGeneration(), wall.instant())
                .condition(ConditionType.READY, ConditionStatus.UNKNOWN, Reason.AGENT_LOST, message);
        if (before.contains(ready)) {
            return UpdateControl.noUpdate();
        }
        events.record(node, EventData.warning(Reason.AGENT_LOST, message), wall.instant());
        LMStudioNode applied = new LMStudioNode();
        applied.initNameAndNamespaceFrom(node);
        // A new LMStudioNode with the same name does not get the status of its predecessor.
        applied.getMetadata().setResourceVersion(node.getMetadata().getResourceVersion());
        applied.setStatus(LMStudioNodeStatus.ofConditions(List.of(ready)));
        return UpdateControl.patchStatus(applied);
    }
}
