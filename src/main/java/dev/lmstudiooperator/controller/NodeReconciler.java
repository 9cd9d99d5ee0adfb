package dev.lmstudiooperator.controller;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ConditionWriter;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import dev.lmstudiooperator.controller.lifecycle.NodeState;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.InstantSource;
import java.util.List;

/** Notices that a node's agent is silent, and tells it; wakes the ManagedModels that a change of the node concerns. */
@Ignore // Only the process that leads runs it: Quarkus is not to know of it.
@ControllerConfiguration(
        name = NodeReconciler.NAME,
        fieldManager = ControllersBusiness.FIELD_MANAGER,
        generationAwareEventProcessing = false,
        triggerReconcilerOnAllEvents = true)
final class NodeReconciler implements Reconciler<LMStudioNode> {

    static final String NAME = "controller-lmstudionodes";

    private final Nodes nodes;
    private final Models models;
    private final InstantSource clock;

    NodeReconciler(Nodes nodes, Models models, InstantSource clock) {
        this.nodes = nodes;
        this.models = models;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, LMStudioNode>> prepareEventSources(EventSourceContext<LMStudioNode> context) {
        return List.of(nodes.connect(context));
    }

    @Override
    public UpdateControl<LMStudioNode> reconcile(LMStudioNode node, Context<LMStudioNode> context) {
        String name = node.getMetadata().getName();
        if (context.isPrimaryResourceDeleted()) {
            models.wakeOn(name);
            return UpdateControl.noUpdate();
        }
        NodeState state = nodes.stateOf(name);
        UpdateControl<LMStudioNode> control = switch (state) {
            case NodeState.Alive alive -> UpdateControl.noUpdate();
            case NodeState.Silent silent -> UpdateControl.noUpdate();
            case NodeState.Lost lost -> tellLost(node, lost.message());
            case NodeState.Gone gone -> tellLost(node, gone.message());
        };
        nodes.reviewIn(name, state).ifPresent(control::rescheduleAfter);
        return control;
    }

    private UpdateControl<LMStudioNode> tellLost(LMStudioNode node, String message) {
        LMStudioNodeStatus status = requireNonNullElse(node.getStatus(), LMStudioNodeStatus.UNOBSERVED);
        List<Condition> before = requireNonNullElse(status.conditions(), List.of());
        Condition ready = new ConditionWriter(before, node.getMetadata().getGeneration(), clock.instant())
                .condition(ConditionType.READY, Truth.UNKNOWN, Reason.AGENT_LOST, message);
        if (before.contains(ready)) {
            return UpdateControl.noUpdate();
        }
        LMStudioNode applied = new LMStudioNode();
        applied.setMetadata(
                new ObjectMetaBuilder().withName(node.getMetadata().getName()).build());
        applied.setStatus(LMStudioNodeStatus.saying(List.of(ready)));
        return UpdateControl.patchStatus(applied);
    }
}
