package dev.lmstudiooperator.faultinjection.invariant;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A set takes down an available ManagedModel only while enough others are available: all replicas but one, which is the
 * default of {@code maxUnavailable}. It takes one down by another template, or by a deletion.
 */
final class RolloutKeepsReplicasAvailable implements Invariant {

    private static final int MAX_UNAVAILABLE = 1;

    @Override
    public Stream<String> violations(Evidence evidence) {
        Map<String, ManagedModelSet> sets = new HashMap<>();
        Map<String, Version> replicas = new HashMap<>();
        List<String> violations = new ArrayList<>();
        for (Version version : evidence.versions()) {
            switch (version.object()) {
                case ManagedModelSet set when version.isDeleted() -> sets.remove(version.name());
                case ManagedModelSet set -> sets.put(version.name(), set);
                case ManagedModel model -> {
                    Version before = replicas.remove(version.uid());
                    Optional<ManagedModelSet> set =
                            version.label(ManagedModelSet.SET_LABEL).map(sets::get);
                    if (before != null && set.isPresent() && isTakenDown(before, version)) {
                        check(version, set.get(), replicas).ifPresent(violations::add);
                    }
                    if (!version.isDeleted()) {
                        replicas.put(version.uid(), version);
                    }
                }
                default -> {}
            }
        }
        return violations.stream();
    }

    private static boolean isTakenDown(Version before, Version after) {
        boolean isUpdated = !before.label(ManagedModelSet.TEMPLATE_HASH_LABEL)
                .equals(after.label(ManagedModelSet.TEMPLATE_HASH_LABEL));
        boolean isRemoved = after.isDeleted() || after.model().isMarkedForDeletion();
        return isUp(before) && (isUpdated || isRemoved);
    }

    private static Optional<String> check(Version version, ManagedModelSet set, Map<String, Version> others) {
        long up = others.values().stream()
                .filter(other -> other.label(ManagedModelSet.SET_LABEL)
                        .equals(Optional.of(set.getMetadata().getName())))
                .filter(RolloutKeepsReplicasAvailable::isUp)
                .count();
        int replicas = requireNonNullElse(set.getSpec().replicas(), 1);
        return up >= replicas - MAX_UNAVAILABLE
                ? Optional.empty()
                : Optional.of("%d of %d replicas remain available without %s".formatted(up, replicas, version));
    }

    /** Whether it serves what its spec describes, and is going to. */
    private static boolean isUp(Version version) {
        return version.isAvailable()
                && !version.model().isMarkedForDeletion()
                && version.observedGeneration() == version.model().getMetadata().getGeneration();
    }
}
