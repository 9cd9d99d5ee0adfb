package dev.lmstudiooperator.controller;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.lifecycle.Fate;
import dev.lmstudiooperator.controller.lifecycle.NodeState;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
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

    private static final Logger LOG = Logger.getLogger(ModelReconciler.class);

    private final Models models;
    private final Nodes nodes;
    private final Verdicts verdicts;
    private final Binder binder;
    private final InstantSource clock;

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
            return UpdateControl.noUpdate();
        }
        ModelStatus status = new ModelStatus(model, clock.instant());
        Optional<String> nodeName = Models.nodeOf(model);
        if (nodeName.isPresent()) {
            return judge(model, nodeName.get(), status, context);
        }
        if (model.isMarkedForDeletion()) {
            // It was taken from a node that is gone, and nobody else holds it.
            return release(model, "it has no node any more", context);
        }
        return tell(model, status, status.of(binder.bind(model)));
    }

    private UpdateControl<ManagedModel> judge(
            ManagedModel model, String nodeName, ModelStatus status, Context<ManagedModel> context) {
        NodeState state = verdicts.of(nodeName);
        UpdateControl<ManagedModel> control =
                switch (Fate.of(model, state)) {
                    case Fate.Leave leave -> UpdateControl.noUpdate();
                    case Fate.TakeOver taken -> tell(model, status, status.unknown(Reason.AGENT_LOST, taken.message()));
                    case Fate.AwaitPinned awaiting ->
                        tell(model, status, status.unknown(Reason.NODE_GONE, awaiting.message()));
                    case Fate.Release release -> release(model, release.why(), context);
                    case Fate.Rebind rebind -> rebind(model, nodeName, status, rebind.message(), context);
                };
        if (nodes.find(nodeName).isEmpty()) {
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
        if (requireNonNullElse(model.getMetadata().getFinalizers(), List.of()).contains(ManagedModel.FINALIZER)) {
            context.resourceOperations().removeFinalizer(ManagedModel.FINALIZER);
            LOG.infof(
                    "A deleted ManagedModel is let go without its agent: namespace=%s name=%s why=%s",
                    model.getMetadata().getNamespace(), model.getMetadata().getName(), why);
        }
        return UpdateControl.noUpdate();
    }

    /** The next event finds it without a node. */
    private static UpdateControl<ManagedModel> rebind(
            ManagedModel model, String nodeName, ModelStatus status, String message, Context<ManagedModel> context) {
        context.resourceOperations().jsonPatchPrimaryStatus(model, before -> {
            before.setStatus(status.bornAgain(message));
            return before;
        });
        LOG.infof(
                "A ManagedModel is taken from a node that is gone: namespace=%s name=%s node=%s",
                model.getMetadata().getNamespace(), model.getMetadata().getName(), nodeName);
        return UpdateControl.<ManagedModel>noUpdate().rescheduleAfter(1);
    }
}
