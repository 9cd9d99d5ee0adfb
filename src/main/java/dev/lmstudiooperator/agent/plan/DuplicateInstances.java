package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Copies that LM Studio makes under a name of its own, {@code IDENTIFIER:2}, when a load finds its identifier taken: by
 * the load before it, which was given up and finished all the same.
 */
public final class DuplicateInstances {

    private DuplicateInstances() {}

    /** The identifiers of all on this machine that look like copies of that instance. */
    public static Set<String> under(String identifier, Observation observation) {
        return observation.localInstances().stream()
                .filter(instance ->
                        instance.original().filter(identifier::equals).isPresent())
                .map(Instance::identifier)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The identifiers of those on this machine that are loaded just as the operator loads. */
    public static Set<String> of(Desired desired, Observation observation) {
        List<Instance> loaded =
                observation.loaded() instanceof Reading.Known<List<Instance>> known ? known.value() : List.of();
        return loaded.stream()
                .filter(Instance::isLocal)
                .filter(instance ->
                        instance.original().filter(desired.identifier()::equals).isPresent())
                .filter(instance -> !Drift.between(desired, instance).exists())
                .map(Instance::identifier)
                .collect(Collectors.toUnmodifiableSet());
    }
}
