package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds second copies that LM Studio names {@code IDENTIFIER:2}. LM Studio creates one when the identifier of a load is
 * already in use, for example by an earlier load that the agent aborted and LM Studio finished anyway.
 */
public final class DuplicateInstances {

    private DuplicateInstances() {}

    /** The identifiers of all local instances that look like copies of this instance. */
    public static Set<String> under(String identifier, Observation observation) {
        return observation.localInstances().stream()
                .filter(instance ->
                        instance.original().filter(identifier::equals).isPresent())
                .map(Instance::identifier)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The identifiers of the local copies whose settings match the desired state. */
    public static Set<String> of(Desired desired, Observation observation) {
        return observation.localInstances().stream()
                .filter(instance ->
                        instance.original().filter(desired.identifier()::equals).isPresent())
                .filter(instance -> !Drift.between(desired, instance).exists())
                .map(Instance::identifier)
                .collect(Collectors.toUnmodifiableSet());
    }
}
