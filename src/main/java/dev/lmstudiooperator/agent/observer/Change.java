package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ManagedModels that a new observation affects. Changes that result only from client requests affect none. */
public sealed interface Change {

    /** All ManagedModels of the node are affected. */
    record Everything() implements Change {}

    /**
     * The ManagedModels with one of these identifiers are affected; none if the set is empty.
     *
     * @param isMemoryFreed whether an instance is gone, which also affects ManagedModels that wait for memory
     */
    record Identifiers(Set<String> identifiers, boolean isMemoryFreed) implements Change {}

    Change NOTHING = new Identifiers(Set.of(), false);

    static Change between(Observation before, Observation after) {
        if (!outcome(before.loaded()).equals(outcome(after.loaded()))
                || !outcome(before.served()).equals(outcome(after.served()))
                || !downloads(before).equals(downloads(after))) {
            return new Everything();
        }
        // Nearly always the lists are equal, so skip the detailed comparison.
        boolean areInstancesAsBefore = instances(before).equals(instances(after));
        Set<String> changed = new HashSet<>();
        if (!areInstancesAsBefore) {
            difference(atRest(before), atRest(after)).forEach(instance -> changed.add(instance.identifier()));
        }
        for (ServedInstance instance : difference(served(before), served(after))) {
            if (instance.identifier() == null) {
                return new Everything();
            }
            changed.add(instance.identifier());
        }
        return new Identifiers(changed, !areInstancesAsBefore && mayHaveFreedMemory(before, after));
    }

    /** Whether a local instance may be gone: one that was listed, or any instance while the last read had failed. */
    static boolean mayHaveFreedMemory(Observation before, Observation after) {
        return after.loaded().isKnown()
                && (!before.loaded().isKnown() || !identifiers(after).containsAll(identifiers(before)));
    }

    private static Set<String> identifiers(Observation observation) {
        return observation.localInstances().stream().map(Instance::identifier).collect(Collectors.toSet());
    }

    private static <T> Set<T> difference(Set<T> one, Set<T> other) {
        return Stream.concat(
                        one.stream().filter(element -> !other.contains(element)),
                        other.stream().filter(element -> !one.contains(element)))
                .collect(Collectors.toSet());
    }

    /** Known, or the kind of the failure and its retry time. A different message for the same failure is not a change. */
    private static List<Object> outcome(Reading<?> reading) {
        return switch (reading) {
            case Reading.Known<?> known -> List.of(true);
            case Reading.Unknown<?> unknown -> List.of(false, kind(unknown.why()));
        };
    }

    private static Object kind(LmStudioFailure failure) {
        return switch (failure) {
            case InfrastructureFailure infrastructure -> List.of(infrastructure.kind(), infrastructure.retryAt());
            case DomainFailure domain -> domain.kind();
        };
    }

    private static Set<Object> downloads(Observation observation) {
        return switch (observation.downloaded()) {
            case Reading.Unknown<List<DownloadedModel>> unknown -> Set.of(kind(unknown.why()));
            case Reading.Known<List<DownloadedModel>> known -> new HashSet<>(known.value());
        };
    }

    private static Set<ServedInstance> served(Observation observation) {
        return observation.served().known().map(ApiModelList::instances).orElse(Set.of());
    }

    private static List<Instance> instances(Observation observation) {
        return observation.loaded().known().orElse(List.of());
    }

    private static Set<Instance> atRest(Observation observation) {
        return instances(observation).stream().map(Instance::atRest).collect(Collectors.toSet());
    }
}
