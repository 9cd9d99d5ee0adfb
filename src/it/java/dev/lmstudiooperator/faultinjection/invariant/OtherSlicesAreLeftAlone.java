package dev.lmstudiooperator.faultinjection.invariant;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The operator neither changes nor deletes an EndpointSlice that another controller manages. */
public final class OtherSlicesAreLeftAlone implements Invariant {

    /** The field manager with which the suite writes EndpointSlices, as another controller. */
    public static final String OTHER_MANAGER = "another-controller";

    @Override
    public Stream<String> violations(Evidence evidence) {
        return evidence.versions().stream()
                .filter(version -> version.object() instanceof EndpointSlice && !isOwn(version))
                .flatMap(version -> violation(version).stream());
    }

    private static Optional<String> violation(Version slice) {
        if (slice.isDeleted()) {
            return Optional.of("deleted " + slice);
        }
        return Stream.ofNullable(slice.object().getMetadata().getManagedFields())
                .flatMap(List::stream)
                .map(ManagedFieldsEntry::getManager)
                .filter(manager -> !Objects.equals(manager, OTHER_MANAGER))
                .findFirst()
                .map(manager -> "%s has changed %s".formatted(manager, slice));
    }

    static boolean isOwn(Version slice) {
        return slice.label("endpointslice.kubernetes.io/managed-by").equals(Optional.of("lmstudio-operator.dev"));
    }
}
