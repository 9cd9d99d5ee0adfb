package dev.lmstudiooperator.agent.lmstudionode;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.ManagedModelReference;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeInstance;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import org.jspecify.annotations.Nullable;

/**
 * The ManagedModel that an instance belongs to, and what happens to the instance without it.
 *
 * @param deletionPolicy {@code Unload} or {@code Retain}
 */
public record InstanceOwner(ManagedModelReference managedModel, DeletionPolicy deletionPolicy) {

    public static InstanceOwner of(ManagedModel model) {
        return new InstanceOwner(
                new ManagedModelReference(
                        model.getMetadata().getNamespace(),
                        model.getMetadata().getName(),
                        model.getMetadata().getUid()),
                deletionPolicy(model));
    }

    /** Returns the owner in the status of an instance; null if it names none. */
    public static @Nullable InstanceOwner in(NodeInstance instance) {
        return instance.managedModel() == null
                ? null
                : new InstanceOwner(
                        instance.managedModel(), requireNonNullElse(instance.deletionPolicy(), DeletionPolicy.RETAIN));
    }

    /** An instance that was adopted, or that the agent never loaded, belongs to another client. */
    private static DeletionPolicy deletionPolicy(ManagedModel model) {
        DeletionPolicy asked = requireNonNullElse(model.getSpec().deletionPolicy(), DeletionPolicy.UNLOAD_IF_LOADED);
        return switch (asked) {
            case UNLOAD -> DeletionPolicy.UNLOAD;
            case RETAIN -> DeletionPolicy.RETAIN;
            case UNLOAD_IF_LOADED -> isLoadedByAgent(model) ? DeletionPolicy.UNLOAD : DeletionPolicy.RETAIN;
        };
    }

    private static boolean isLoadedByAgent(ManagedModel model) {
        ManagedModelStatus status = requireNonNullElse(model.getStatus(), ManagedModelStatus.UNOBSERVED);
        InstanceStatus instance = status.instance();
        boolean isAdopted = instance != null && Boolean.TRUE.equals(instance.adopted());
        return status.loadRevision() != null && !isAdopted;
    }
}
