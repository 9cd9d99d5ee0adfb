package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.controller.lifecycle.Fate;
import dev.lmstudiooperator.controller.lifecycle.Lifecycle;
import dev.lmstudiooperator.controller.lifecycle.NodeState;
import dev.lmstudiooperator.observability.log.LogEvent;
import dev.lmstudiooperator.observability.log.LogField;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Chooses a node for each ManagedModel that has none, and looks after those whose agent is silent. */
@Ignore // Only the process that leads runs it: Quarkus is not to know of it.
@ControllerConfiguration(
        name = ModelReconciler.NAME,
        fieldManager = ControllersBusiness.FIELD_MANAGER,
        generationAwareEventProcessing = false,
        triggerReconcilerOnAllEvents = true,
        informer = @Informer(onUpdateFilter = ControllersBusiness.class))
final class ModelReconciler implements Reconciler<ManagedModel> {

    static final String NAME = "controller-managedmodels";

    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Logger LOG = Logger.getLogger(ModelReconciler.class);

    private final Models models;
    private final Nodes nodes;
    private final Verdicts verdicts;
    private final Binder binder;
    private final InstantSource clock;
    private final Lifecycle lifecycle = new Lifecycle();

    ModelReconciler(Models models, Nodes nodes, Verdicts verdicts, Binder binder, InstantSource clock) {
        this.models = models;
        this.nodes = nodes;
        this.verdicts = verdicts;
        this.binder = binder;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, ManagedModel>> prepareEventSources(EventSourceContext<ManagedModel> context) {
        return List.of(models.connect(context));
    }

    @Override
    public UpdateControl<ManagedModel> reconcile(ManagedModel model, Context<ManagedModel> context) {
        if (context.isPrimaryResourceDeleted()) {
            models.announceSuccessorOf(model);
            return UpdateControl.noUpdate();
        }
        ModelStatus status = new ModelStatus(model, clock.instant());
        Optional<String> nodeName = Models.nodeOf(model);
        if (nodeName.isPresent()) {
            return judge(model, nodeName.get(), status, context);
        }
        if (model.isMarkedForDeletion()) {
            // Without a node it has no agent that could hold it: somebody else does.
            return UpdateControl.noUpdate();
        }
        return tell(model, status, status.of(binder.bind(model)));
    }

    private UpdateControl<ManagedModel> judge(
            ManagedModel model, String nodeName, ModelStatus status, Context<ManagedModel> context) {
        NodeState state = verdicts.of(nodeName);
        UpdateControl<ManagedModel> control =
                switch (lifecycle.decide(model, state)) {
                    case Fate.Leave leave -> UpdateControl.noUpdate();
                    case Fate.Speak spoken -> tell(model, status, status.of(spoken));
                    case Fate.Release release -> release(model, release.message(), context);
                    case Fate.Rebind rebind -> rebind(model, rebind.message(), context);
                };
        if (control.getScheduleDelay().isEmpty() && nodes.find(nodeName).isEmpty()) {
            // Otherwise whoever watches the node wakes those who are on it.
            control.rescheduleAfter(verdicts.reviewIn(nodeName, state));
        }
        return control;
    }

    private static UpdateControl<ManagedModel> tell(ManagedModel model, ModelStatus before, ManagedModelStatus status) {
        if (before.isTold(status)) {
            return UpdateControl.noUpdate();
        }
        ManagedModel applied = new ManagedModel();
        applied.setMetadata(new ObjectMetaBuilder()
                .withNamespace(model.getMetadata().getNamespace())
                .withName(model.getMetadata().getName())
                .build());
        applied.setStatus(status);
        return UpdateControl.patchStatus(applied);
    }

    private static UpdateControl<ManagedModel> release(ManagedModel model, String why, Context<ManagedModel> context) {
        context.resourceOperations().removeFinalizer(ManagedModel.FINALIZER);
        log("A deleted ManagedModel is let go without its agent", model, why);
        return UpdateControl.noUpdate();
    }

    /**
     * As if it had just been made: what one node's agent wrote means nothing to the next one. Conditions would be owned half by
     * this write and half by earlier applies, and the next apply would tear them apart.
     */
    private static UpdateControl<ManagedModel> rebind(ManagedModel model, String why, Context<ManagedModel> context) {
        ManagedModel free = model.hasFinalizer(ManagedModel.FINALIZER)
                ? context.resourceOperations().removeFinalizer(ManagedModel.FINALIZER)
                : model;
        context.resourceOperations().jsonPatchPrimaryStatus(free, bound -> {
            bound.setStatus(ManagedModelStatus.UNOBSERVED);
            return bound;
        });
        log("A ManagedModel is taken from a node that is gone", model, why);
        // The framework takes the event of our own write for known: nobody else tells that it has no node now.
        return UpdateControl.<ManagedModel>noUpdate().rescheduleAfter(AT_ONCE);
    }

    private static void log(String what, ManagedModel model, String why) {
        LogEvent.of(what)
                .about(model.getMetadata().getNamespace(), model.getMetadata().getName())
                .with(LogField.NODE, Models.nodeOf(model).orElse(null))
                .with(LogField.EXPLANATION, why)
                .info(LOG);
    }
}
