package dev.lmstudiooperator.faultinjection.invariant;

import java.util.List;

/** All invariants. */
public final class Invariants {

    private static final List<Invariant> ALL = List.of(
            new OneInstancePerIdentifier(),
            new OnlyManagedInstancesAreUnloaded(),
            new EveryLoadHasATtl(),
            new AvailableIsVerified(),
            new OneOperationAtATime(),
            new FinalizerOutlivesInstance(),
            new CallsAreBounded(),
            new ObservedGenerationNeverDecreases());

    private Invariants() {}

    /** All violations, each with the name of its invariant; empty if all invariants hold. */
    public static List<String> violations(Evidence evidence) {
        return ALL.stream()
                .flatMap(invariant -> invariant
                        .violations(evidence)
                        .map(violation -> invariant.getClass().getSimpleName() + ": " + violation))
                .toList();
    }
}
