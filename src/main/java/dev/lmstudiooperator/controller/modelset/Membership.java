package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a ManagedModel belongs to a set. As with a ReplicaSet, the label selects, and the owner reference decides. */
enum Membership {
    /** The set controls it. */
    MEMBER,
    /** It has the label, and no controller: the set takes it. */
    ORPHAN,
    /** The set controls it, and it has no label any more: the set releases it. */
    RELEASED,
    /** It belongs to another object. */
    OTHER;

    static Membership of(ManagedModel model, ManagedModelSet set) {
        Map<String, String> labels =
                Optional.ofNullable(model.getMetadata().getLabels()).orElse(Map.of());
        boolean isSelected = set.getMetadata().getName().equals(labels.get(ManagedModelSet.SET_LABEL));
        Optional<OwnerReference> controller = owners(model)
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
        if (controller.isEmpty()) {
            return isSelected && !model.isMarkedForDeletion() ? ORPHAN : OTHER;
        }
        if (!controller.get().getUid().equals(set.getMetadata().getUid())) {
            return OTHER;
        }
        return isSelected || model.isMarkedForDeletion() ? MEMBER : RELEASED;
    }

    /** The owners of a ManagedModel without this set. */
    static List<OwnerReference> ownersWithout(ManagedModel model, ManagedModelSet set) {
        return owners(model)
                .filter(owner -> !owner.getUid().equals(set.getMetadata().getUid()))
                .toList();
    }

    private static Stream<OwnerReference> owners(ManagedModel model) {
        return Stream.ofNullable(model.getMetadata().getOwnerReferences()).flatMap(List::stream);
    }
}
