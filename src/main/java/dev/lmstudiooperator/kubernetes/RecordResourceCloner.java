package dev.lmstudiooperator.kubernetes;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * Copies cached resources, once for each reconciliation. The framework's default writes JSON and reads it again, which
 * costs more than the reconciliation. Specs and statuses are immutable records, so copies share them.
 */
public final class RecordResourceCloner {

    private final KubernetesSerialization serialization;

    /** @param serialization copies every other kind of resource */
    public RecordResourceCloner(KubernetesSerialization serialization) {
        this.serialization = serialization;
    }

    @SuppressWarnings("unchecked") // A copy is of the same class.
    public <R extends HasMetadata> R copy(R resource) {
        return switch (resource) {
            case ManagedModel model -> (R) copied(model, new ManagedModel());
            case ManagedModelSet set -> (R) copied(set, new ManagedModelSet());
            case LMStudioNode node -> (R) copied(node, new LMStudioNode());
            default -> serialization.clone(resource);
        };
    }

    private static <S, T> CustomResource<S, T> copied(CustomResource<S, T> original, CustomResource<S, T> copy) {
        copy.setMetadata(new ObjectMetaBuilder(original.getMetadata()).build());
        copy.setSpec(original.getSpec());
        copy.setStatus(original.getStatus());
        return copy;
    }
}
