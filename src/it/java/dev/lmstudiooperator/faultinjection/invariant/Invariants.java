package dev.lmstudiooperator.faultinjection.invariant;

import java.util.List;

/** All invariants. */
public final class Invariants {

    private static final List<Invariant> OF_AGENTS = List.of(
            new OneInstancePerIdentifier(),
            new OnlyManagedInstancesAreUnloaded(),
            new EveryLoadHasATtl(),
            new AvailableIsVerified(),
            new OneOperationAtATime(),
            new FinalizerOutlivesInstance(),
            new CallsAreBounded(),
            new ObservedGenerationNeverDecreases());

    private static final List<Invariant> OF_CONTROLLERS = List.of(
            new OneReplicaPerNode(),
            new RolloutKeepsReplicasAvailable(),
            new EndpointsAreAnnounced(),
            new OtherSlicesAreLeftAlone());

    private Invariants() {}

    /** All violations by an agent, each with the name of its invariant; empty if all invariants hold. */
    public static List<String> ofAgents(Evidence evidence) {
        return violations(OF_AGENTS, evidence);
    }

    /** The same for a controller. */
    public static List<String> ofControllers(Evidence evidence) {
        return violations(OF_CONTROLLERS, evidence);
    }

    private static List<String> violations(List<Invariant> invariants, Evidence evidence) {
        return invariants.stream()
                .flatMap(invariant -> invariant
                        .violations(evidence)
                        .map(violation -> invariant.getClass().getSimpleName() + ": " + violation))
                .toList();
    }
}
