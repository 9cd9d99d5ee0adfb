package dev.lmstudiooperator.faultinjection.invariant;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** No node has two ManagedModels of one set, also not while one of them is being deleted. */
final class OneReplicaPerNode implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        Map<String, Version> replicas = new HashMap<>();
        List<String> violations = new ArrayList<>();
        for (Version version : evidence.versions()) {
            if (!(version.object() instanceof ManagedModel)
                    || version.label(ManagedModelSet.SET_LABEL).isEmpty()) {
                continue;
            }
            replicas.remove(version.uid());
            if (version.isDeleted() || node(version).isEmpty()) {
                continue;
            }
            replicas.values().stream()
                    .filter(other -> node(version).equals(node(other)) && isOfSameSet(version, other))
                    .map(other -> "%s beside %s".formatted(version, other.name()))
                    .forEach(violations::add);
            replicas.put(version.uid(), version);
        }
        return violations.stream();
    }

    private static Optional<String> node(Version version) {
        return version.status().map(ManagedModelStatus::nodeName);
    }

    private static boolean isOfSameSet(Version one, Version other) {
        return one.label(ManagedModelSet.SET_LABEL).equals(other.label(ManagedModelSet.SET_LABEL));
    }
}
