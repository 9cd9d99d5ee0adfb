package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;

/** Selects the ManagedModel updates that the controller handles. It ignores the frequent status updates of the agents. */
public final class ManagedModelUpdateFilter implements OnUpdateFilter<ManagedModel> {

    static final String FIELD_MANAGER = "lmstudio-operator-controller";

    @Override
    public boolean accept(ManagedModel after, ManagedModel before) {
        ObjectMeta now = after.getMetadata();
        ObjectMeta then = before.getMetadata();
        return !Objects.equals(now.getGeneration(), then.getGeneration())
                || !Objects.equals(now.getDeletionTimestamp(), then.getDeletionTimestamp())
                || !Objects.equals(now.getAnnotations(), then.getAnnotations())
                || !Objects.equals(now.getFinalizers(), then.getFinalizers())
                || !ManagedModelCache.nodeOf(after).equals(ManagedModelCache.nodeOf(before));
    }
}
