package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How many instances this node's LM Studio has in memory; empty what is not known.
 *
 * @param foreign those that no ManagedModel of the node names
 * @param duplicates those among the foreign ones that LM Studio made since an identifier was taken, {@code IDENTIFIER:2}
 */
record InstanceCounts(OptionalInt active, OptionalInt foreign, OptionalInt duplicates) {

    /** @param named the identifiers that the node's ManagedModels name; empty while they are not known */
    static InstanceCounts of(Observation observation, Optional<Set<String>> named) {
        if (!(observation.loaded() instanceof Reading.Known<List<Instance>> known)) {
            return new InstanceCounts(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
        }
        List<Instance> local = known.value().stream().filter(Instance::isLocal).toList();
        OptionalInt active = OptionalInt.of(local.size());
        Set<String> loaded = local.stream().map(Instance::identifier).collect(Collectors.toUnmodifiableSet());
        return named.map(names -> {
                    List<Instance> foreign = local.stream()
                            .filter(instance -> !names.contains(instance.identifier()))
                            .toList();
                    return new InstanceCounts(
                            active,
                            OptionalInt.of(foreign.size()),
                            count(foreign, other -> isCopy(other, names, loaded)));
                })
                .orElseGet(() -> new InstanceCounts(active, OptionalInt.empty(), OptionalInt.empty()));
    }

    /** A copy of what a ManagedModel names, of what is loaded, or of what somebody loaded by its key. */
    private static boolean isCopy(Instance instance, Set<String> named, Set<String> loaded) {
        return instance.original()
                .filter(original -> named.contains(original)
                        || loaded.contains(original)
                        || instance.modelKey().equals(original))
                .isPresent();
    }

    private static OptionalInt count(List<Instance> instances, Predicate<Instance> isMeant) {
        return OptionalInt.of((int) instances.stream().filter(isMeant).count());
    }
}
