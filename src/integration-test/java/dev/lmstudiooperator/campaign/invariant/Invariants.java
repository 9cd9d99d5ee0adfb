package dev.lmstudiooperator.campaign.invariant;

import java.util.List;

/** All of them. */
public final class Invariants {

    private static final List<Invariant> ALL = List.of(
            new OneInstancePerIdentifier(),
            new OnlyWhatIsNamedIsUnloaded(),
            new EveryLoadHasATtl(),
            new AvailableIsProven(),
            new OneMutationAtATime(),
            new FinalizerOutlastsTheInstance(),
            new CallsAreBounded(),
            new ObservedGenerationNeverGoesBack());

    private Invariants() {}

    /** What breaks them, each with the name of the invariant; empty when all hold. */
    public static List<String> violations(Evidence evidence) {
        return ALL.stream()
                .flatMap(invariant -> invariant
                        .violations(evidence)
                        .map(violation -> invariant.getClass().getSimpleName() + ": " + violation))
                .toList();
    }
}
