package dev.lmstudiooperator.controller.binding;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.config.NodeIdentity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.InstantSource;
import java.util.List;

/** Binds unbound ManagedModels, or says why it cannot. It never sees a bound one. */
@ControllerConfiguration(name = BindingReconciler.NAME, fieldManager = "lmstudio-operator-controller")
public class BindingReconciler implements Reconciler<ManagedModel> {

    static final String NAME = "binding";

    private final NodeIdentity node;
    private final InstantSource clock;

    BindingReconciler(NodeIdentity node, InstantSource clock) {
        this.node = node;
        this.clock = clock;
    }

    @Override
    public UpdateControl<ManagedModel> reconcile(ManagedModel model, Context<ManagedModel> context) {
        Binding binding = new Binder(node.name(), node.labels()).bind(model.getSpec());
        ManagedModelStatus before = requireNonNullElse(model.getStatus(), ManagedModelStatus.UNOBSERVED);
        ManagedModelStatus after = BindingStatus.of(
                binding,
                requireNonNullElse(before.conditions(), List.of()),
                model.getMetadata().getGeneration(),
                clock.instant());
        if (after.equals(before)) {
            return UpdateControl.noUpdate();
        }
        ManagedModel applied = new ManagedModel();
        applied.setMetadata(new ObjectMetaBuilder()
                .withNamespace(model.getMetadata().getNamespace())
                .withName(model.getMetadata().getName())
                .build());
        applied.setStatus(after);
        return UpdateControl.patchStatus(applied);
    }
}
