package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Other ManagedModels on the node that use the identifier of a ManagedModel.
 *
 * @param older the oldest of those that are older; null if there is none
 * @param younger the oldest of those that are younger and not deleted; null if there is none
 */
public record IdentifierClaims(
        @Nullable String older, @Nullable String younger) {

    private static final Comparator<ObjectMeta> BY_AGE =
            Comparator.comparing(ObjectMeta::getCreationTimestamp).thenComparing(ObjectMeta::getUid);

    /** The oldest ManagedModel with an identifier owns it. */
    public static final Comparator<ManagedModel> OLDEST_FIRST = Comparator.comparing(ManagedModel::getMetadata, BY_AGE);

    /** @param naming ManagedModels of the node with this identifier; may include the model itself */
    static IdentifierClaims of(ManagedModel model, Stream<ManagedModel> naming) {
        ObjectMeta self = model.getMetadata();
        List<ObjectMeta> others = naming.map(ManagedModel::getMetadata)
                .filter(other -> !other.getUid().equals(self.getUid()))
                .sorted(BY_AGE)
                .toList();
        return new IdentifierClaims(
                first(others.stream().filter(other -> BY_AGE.compare(other, self) < 0)),
                first(others.stream()
                        .filter(other -> BY_AGE.compare(other, self) > 0)
                        .filter(other -> other.getDeletionTimestamp() == null)));
    }

    private static @Nullable String first(Stream<ObjectMeta> others) {
        return others.findFirst()
                .map(other -> other.getNamespace() + "/" + other.getName())
                .orElse(null);
    }
}
