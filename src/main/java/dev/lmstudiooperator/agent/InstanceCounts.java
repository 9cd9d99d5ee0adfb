package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Counts the instances in the memory of this node's LM Studio. A count is empty if it is unknown.
 *
 * @param unmanaged unmanaged instances, which no ManagedModel of the node names
 * @param duplicates unmanaged instances that LM Studio named {@code IDENTIFIER:2} because the identifier was taken
 */
record InstanceCounts(OptionalInt active, OptionalInt unmanaged, OptionalInt duplicates) {

    /** @param named the identifiers of the node's ManagedModels; empty while they are unknown */
    static InstanceCounts of(Observation observation, Optional<Set<String>> named) {
        if (!observation.loaded().isKnown()) {
            return new InstanceCounts(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
        }
        List<Instance> local = observation.localInstances();
        OptionalInt active = OptionalInt.of(local.size());
        Set<String> loaded = local.stream().map(Instance::identifier).collect(Collectors.toUnmodifiableSet());
        return named.map(names -> {
                    List<Instance> unmanaged = local.stream()
                            .filter(instance -> !names.contains(instance.identifier()))
                            .toList();
                    return new InstanceCounts(
                            active, OptionalInt.of(unmanaged.size()), OptionalInt.of((int) unmanaged.stream()
                                    .filter(instance -> isCopy(instance, names, loaded))
                                    .count()));
                })
                .orElseGet(() -> new InstanceCounts(active, OptionalInt.empty(), OptionalInt.empty()));
    }

    /**
     * Whether the original identifier is one that a ManagedModel names, a loaded one, or a model key that another
     * client loaded.
     */
    private static boolean isCopy(Instance instance, Set<String> named, Set<String> loaded) {
        return instance.original()
                .filter(original -> named.contains(original)
                        || loaded.contains(original)
                        || instance.modelKey().equals(original))
                .isPresent();
    }
}
